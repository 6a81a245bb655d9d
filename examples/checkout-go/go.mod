module checkout

go 1.25

require outrider.dev/outrider v0.1.0

// For editors and go vet. `host` has the SDK inside and needs no line here.
replace outrider.dev/outrider => ../../sdk-go
