;; A journey that imports a part of WASI which plugins do not get: sockets, past the measured ones. Only
;; its imports are real; the interface that it exports is empty, and is never reached.
(component
  (import "wasi:sockets/instance-network@0.2.0" (instance
    (export "network" (type (sub resource)))))
  (instance $journey)
  (export "outrider:plugin/user-journey@0.1.0" (instance $journey)))
