;; What a person does in Emacs, one step a line of output: `name: JSON'. Run by test_emacs.py.
(require 'package)
(package-initialize)
(require 'json)
(require 'flymake)
(setq make-backup-files nil lsp-session-file (expand-file-name ".lsp-session") lsp-auto-guess-root t
      eglot-sync-connect 20 project-find-functions
      (list (lambda (_) (cons 'transient (file-name-as-directory (getenv "AGENTLS_PROJECT"))))))

(defvar client (intern (getenv "AGENTLS_CLIENT")))
(load (getenv "AGENTLS_CONFIGURATION"))
(require client)

(defun say (name value)
  (princ (concat name ": " (json-encode (if (consp value) (vconcat value) value)) "\n")))

(defun wait (what done)
  (with-timeout (20 (error "%s" what))
    (while (not (funcall done))
      (accept-process-output nil 0.05))))

(defun findings ()
  (flymake-start) ; Idle timers, which would do so, do not run in batch.
  (flymake-diagnostics))

(defun ask (method &rest params)
  "The answer to a request about the buffer."
  (if (eq client 'eglot)
      (jsonrpc-request (eglot-current-server) (intern (concat ":" method))
                       (append (eglot--TextDocumentPositionParams) params))
    (lsp-request method (append (lsp--text-document-position-params) params))))

(defun field (object key)
  "What stands at KEY in an object of either client."
  (if (hash-table-p object)
      (gethash (substring (symbol-name key) 1) object)
    (plist-get object key)))

(defun tell-change ()
  "Send a change, as an idle timer does outside of batch."
  (if (eq client 'eglot)
      (eglot--signal-textDocument/didChange)
    (lsp--flush-delayed-changes)))

(find-file "README.md")
(run-hooks 'post-command-hook)
(say "elsewhere" (symbol-name major-mode))
(find-file ".claude/agents/reviewer.md")
(say "mode" (symbol-name major-mode))
(if (eq client 'eglot)
    (run-hooks 'post-command-hook) ; `eglot-ensure' waits for it.
  (lsp)) ; `lsp-deferred' waits for the buffer to be seen.
(wait "no diagnostics" #'findings)
(say "diagnostics"
     (mapcar (lambda (found)
               (let ((start (flymake-diagnostic-beg found)) (end (flymake-diagnostic-end found)))
                 (vector (line-number-at-pos start)
                         (buffer-substring-no-properties start end)
                         (flymake-diagnostic-text found))))
             (findings)))

(say "hover" (field (field (ask "textDocument/hover") :contents) :value))
(say "outline" (mapcar (lambda (symbol) (field symbol :name)) (ask "textDocument/documentSymbol")))

(goto-char (point-min))
(search-forward "Bahs")
(insert ", ")
(tell-change)
(let ((offered (run-hook-wrapped 'completion-at-point-functions
                                 (lambda (function) (let ((found (ignore-errors (funcall function))))
                                                      (and (consp found) found))))))
  (say "completion" (mapcar #'substring-no-properties
                            (all-completions "" (nth 2 offered) (plist-get (nthcdr 3 offered) :predicate)))))
(delete-char -2)
(tell-change)

(search-backward "Bahs")
(let ((actions (append (if (eq client 'eglot) (eglot-code-actions (point) (1+ (point)))
                         (lsp-code-actions-at-point))
                       nil)))
  (say "actions" (mapcar (lambda (action) (field action :title)) actions))
  (if (eq client 'eglot)
      (eglot--apply-workspace-edit (field (car actions) :edit))
    (lsp-execute-code-action (car actions))))
(say "fixed" (buffer-substring-no-properties (line-beginning-position) (line-end-position)))
(tell-change)
(wait "the diagnostic stays" (lambda () (null (findings))))
(say "cleared" t)
(goto-char (point-min))
(search-forward "Read, ")
(insert "Read, ")
(goto-char (point-min))
(search-forward "name: ")
(insert "  ")
(tell-change)
(wait "the second tool is not reported" #'findings)
(save-buffer)
(goto-char (point-min))
(search-forward "name:")
(say "saved" (split-string (buffer-substring-no-properties (line-beginning-position) (progn (forward-line 3) (1- (point)))) "\n"))
(set-buffer-modified-p nil)
