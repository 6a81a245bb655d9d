;; A journey that imports a newer version of an interface than this host offers: `http@0.2.0`. Only its
;; imports are real; the interface that it exports is empty, and is never reached.
(component
  (import "outrider:plugin/http@0.2.0" (instance
    (export "clear-cookies" (func))))
  (instance $journey)
  (export "outrider:plugin/user-journey@0.1.0" (instance $journey)))
