(load "greet.lisp")
(format t "~a ~a~%" (greeting) (read-line))
