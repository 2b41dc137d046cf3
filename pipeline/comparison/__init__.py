"""The comparison of evaluated runs: tables by protocol, paired differences, and their formats.

`comparing.compare` takes groups of evaluated runs, each group with a name, and returns plain records; each `as_…`
module makes one format of them. Nothing here prints.
"""
