"""The views: one widget class each, live with and without a kernel."""

from llm_viz.widgets.analogy import Analogy
from llm_viz.widgets.attention_heads import AttentionHeads
from llm_viz.widgets.causal_trace import CausalTrace
from llm_viz.widgets.direction import Direction
from llm_viz.widgets.generation import Generation
from llm_viz.widgets.induction import Induction
from llm_viz.widgets.layer_windows import LayerWindows
from llm_viz.widgets.learning_map import LearningMap
from llm_viz.widgets.lens import LogitLens
from llm_viz.widgets.model_sizes import ModelSizes
from llm_viz.widgets.neuron_explorer import NeuronExplorer
from llm_viz.widgets.next_token import NextToken
from llm_viz.widgets.pixel_network import PixelNetwork
from llm_viz.widgets.query_key import QueryKey
from llm_viz.widgets.residual import ResidualStream
from llm_viz.widgets.sense_map import SenseMap
from llm_viz.widgets.stack import Stack
from llm_viz.widgets.switches import Switches
from llm_viz.widgets.tokens import Tokens
from llm_viz.widgets.word_map import WordMap

__all__ = [
    "Analogy",
    "AttentionHeads",
    "CausalTrace",
    "Direction",
    "Generation",
    "Induction",
    "LayerWindows",
    "LearningMap",
    "LogitLens",
    "ModelSizes",
    "NeuronExplorer",
    "NextToken",
    "PixelNetwork",
    "QueryKey",
    "ResidualStream",
    "SenseMap",
    "Stack",
    "Switches",
    "Tokens",
    "WordMap",
]
