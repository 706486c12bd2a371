"""What can be read off traces and texts: NumPy in, small frozen results out; never weights."""

from llm_viz.analyses.attention import (
    IN_WORDS,
    HeadScores,
    head_scores,
    repeated_text,
    repeated_token_scores,
)
from llm_viz.analyses.attribution import Attribution, Component, logit_attribution
from llm_viz.analyses.compression import (
    CodeLength,
    Compressed,
    bits_per_character,
    code_lengths,
    compress,
    decompress,
    other_compressors,
    pays_from,
    token_bits,
)
from llm_viz.analyses.directions import (
    Direction,
    Positions,
    Remains,
    direction,
    positions,
    what_remains,
    without,
)
from llm_viz.analyses.layer_windows import Window, WindowsOff, every_window
from llm_viz.analyses.lens import Depth, Lens, TokenPaths, logit_lens, token_paths
from llm_viz.analyses.likeness import Likeness, likeness
from llm_viz.analyses.neurons import Context, Neuron, NeuronIndex, Side
from llm_viz.analyses.occurrences import Occurrence, WordVectors, find_occurrence, word_vectors
from llm_viz.analyses.probe import Probe, lean, probe
from llm_viz.analyses.projection import Layout, kept, layout, layouts_in_turn
from llm_viz.analyses.query_key import Match, match
from llm_viz.analyses.senses import (
    GroupGaps,
    HalfWay,
    SenseGap,
    compare_groups,
    half_way,
    sense_gap,
)
from llm_viz.analyses.sizes import PUBLISHED_MODELS, ModelShape, Sizes, sizes_of
from llm_viz.analyses.stages import Stages, stages
from llm_viz.analyses.switched import SwitchedOff, switched_off
from llm_viz.analyses.text_lengths import TextLengths, text_lengths
from llm_viz.analyses.text_windows import Text, TextWindows, cut_texts
from llm_viz.analyses.tracing import Tracing, causal_trace
from llm_viz.analyses.vectors import Analogy, Neighbours, analogy, neighbours, unit_vectors
from llm_viz.analyses.weat import Weat, WordSets, weat
from llm_viz.analyses.word_scores import (
    AnalogyScores,
    LikenessScore,
    SectionScore,
    analogy_scores,
    wordsim,
)
from llm_viz.analyses.words import UnknownWordError, find_word, frequent_words, spellings

__all__ = [
    "IN_WORDS",
    "PUBLISHED_MODELS",
    "Analogy",
    "AnalogyScores",
    "Attribution",
    "CodeLength",
    "Component",
    "Compressed",
    "Context",
    "Depth",
    "Direction",
    "GroupGaps",
    "HalfWay",
    "HeadScores",
    "Layout",
    "Lens",
    "Likeness",
    "LikenessScore",
    "Match",
    "ModelShape",
    "Neighbours",
    "Neuron",
    "NeuronIndex",
    "Occurrence",
    "Positions",
    "Probe",
    "Remains",
    "SectionScore",
    "SenseGap",
    "Side",
    "Sizes",
    "Stages",
    "SwitchedOff",
    "Text",
    "TextLengths",
    "TextWindows",
    "TokenPaths",
    "Tracing",
    "UnknownWordError",
    "Weat",
    "Window",
    "WindowsOff",
    "WordSets",
    "WordVectors",
    "analogy",
    "analogy_scores",
    "bits_per_character",
    "causal_trace",
    "code_lengths",
    "compare_groups",
    "compress",
    "cut_texts",
    "decompress",
    "direction",
    "every_window",
    "find_occurrence",
    "find_word",
    "frequent_words",
    "half_way",
    "head_scores",
    "kept",
    "layout",
    "layouts_in_turn",
    "lean",
    "likeness",
    "logit_attribution",
    "logit_lens",
    "match",
    "neighbours",
    "other_compressors",
    "pays_from",
    "positions",
    "probe",
    "repeated_text",
    "repeated_token_scores",
    "sense_gap",
    "sizes_of",
    "spellings",
    "stages",
    "switched_off",
    "text_lengths",
    "token_bits",
    "token_paths",
    "unit_vectors",
    "weat",
    "what_remains",
    "without",
    "word_vectors",
    "wordsim",
]
