"""Eyes from outside (督导组、政风行风监督员): appointed for a term, invited to exactly one thing at a time,
and answered.

A term bounds an account's post by its last day, so that nothing has to run for it to end. An invitation
opens one case, inspection or assessment sheet, masked (`things`). What they say there is an opinion: it
starts a clock of the owing side, is answered by a person of it, and judged by who gave it. Who does not
log in gets a printed dossier with a code; what is entered in his name stands as unconfirmed until a
one-time link says that it is his.
"""
