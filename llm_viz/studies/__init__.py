"""What takes too long for a page: computed once by a command, kept in `llm_viz/data/`.

`python -m llm_viz.studies` runs all studies, or those that are named. Each result is a small file
that says where it comes from; notebooks load it and compute one item of it again.
"""
