"""The agents' desk in the back office, under /admin/demarches/: the worklist, the cases, the agenda, the figures."""
