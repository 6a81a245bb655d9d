;; A core module. It is WebAssembly, but no component, so it is no plugin: what a guest built for
;; wasm32-unknown-unknown or wasm32-wasip1 looks like.
(module
  (func (export "iterate")))
