(defun greeting () "hello")
