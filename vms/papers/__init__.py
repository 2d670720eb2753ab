"""Papers: plain data in, PDF and CSV out, signed when a certificate is configured.

`document` says what a paper is, `render` and `spreadsheet` bring it to paper and into Excel; each kind of paper has a module that makes a
`Document` of its own data. Pure but for `fonts`, which reads four files once, and `signing`.
"""
