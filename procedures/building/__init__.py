"""How staff build a procedure without code: the editor, its checks before publication, the trial of a form."""
