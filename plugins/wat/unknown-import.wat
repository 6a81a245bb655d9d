;; A journey that imports an interface that nobody here has heard of. Only its imports are real; the
;; interface that it exports is empty, and is never reached.
(component
  (import "acme:cache/store@1.0.0" (instance
    (export "get" (func (param "key" string) (result (option string))))))
  (instance $journey)
  (export "outrider:plugin/user-journey@0.1.0" (instance $journey)))
