;; A component of a newer version of the world `journey` than this host knows: it exports
;; `user-journey@0.2.0`.
(component
  (instance $journey)
  (export "outrider:plugin/user-journey@0.2.0" (instance $journey)))
