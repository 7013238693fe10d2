;;; Drives eglot through one story and writes down what it saw.  -*- lexical-binding: t -*-
(require 'eglot)
(require 'flymake)
(require 'json)
(setq eglot-sync-connect 60 eglot-connect-timeout 60 eglot-autoshutdown nil eglot-confirm-server-initiated-edits nil)
(defvar story-program (getenv "STORY_PROGRAM"))
(setq eglot-server-programs `((python-mode . (,story-program "serve"))))

(defun story-wait (met)
  (let ((end (+ (float-time) 90)))
    (while (and (not (funcall met)) (< (float-time) end))
      (accept-process-output nil 0.05))
    (funcall met)))

(defun story-messages ()
  (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))

(defun story-has (text)
  (seq-some (lambda (message) (string-match-p text message)) (story-messages)))

(let (seen)
  (condition-case problem
      (progn
        (find-file (getenv "STORY_FILE"))
        (python-mode)
        (apply #'eglot (eglot--guess-contact))
        (flymake-mode 1)
        (unless (story-wait (lambda () (flymake-start) (story-has "Text from a model")))
          (error "no finding: %S" (story-messages)))
        (push (cons 'before (vconcat (story-messages))) seen)
        (goto-char (point-min))
        (search-forward "subprocess.run")
        (push (cons 'hover (let ((found (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover
                                                         (eglot--TextDocumentPositionParams))))
                             (plist-get (plist-get found :contents) :value)))
              seen)
        (let* ((range (list :start (eglot--pos-to-lsp-position) :end (eglot--pos-to-lsp-position)))
               (actions (jsonrpc-request (eglot--current-server-or-lose) :textDocument/codeAction
                                         (list :textDocument (eglot--TextDocumentIdentifier) :range range
                                               :context (list :diagnostics [])))))
          (push (cons 'actions (vconcat (mapcar (lambda (action) (plist-get action :title)) actions))) seen)
          (eglot--apply-workspace-edit (plist-get (aref actions 0) :edit)))
        (eglot--signal-textDocument/didChange)
        (unless (story-wait (lambda () (flymake-start) (not (story-has "Text from a model"))))
          (error "the finding stays"))
        (push (cons 'text (buffer-string)) seen))
    (error (push (cons 'problem (format "%S" problem)) seen)))
  (with-temp-file (getenv "STORY_RESULT")
    (insert (json-encode seen))))
(set-buffer-modified-p nil)
(kill-emacs 0)
