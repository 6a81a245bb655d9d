module {{name}}

go 1.25

require outrider.dev/outrider v0.1.0

// The SDK for editors, go vet and go test: `host` puts it there. What it builds with is the one inside it.
replace outrider.dev/outrider => ./.outrider/sdk-go
