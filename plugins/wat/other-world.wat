;; A component of another world: it imports nothing and exports an interface that is not ours.
(component
  (core module $code
    (func (export "answer") (result i32) (i32.const 42)))
  (core instance $running (instantiate $code))
  (func $answer (result u32) (canon lift (core func $running "answer")))
  (instance $greeting (export "answer" (func $answer)))
  (export "acme:greeter/greeting@1.0.0" (instance $greeting)))
