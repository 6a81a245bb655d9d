module outrider.dev/outrider

go 1.25
