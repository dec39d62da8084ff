(defun broken (
