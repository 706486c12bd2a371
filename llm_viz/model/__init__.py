"""Everything that touches weights: finding a model, running it, changing it, letting it write."""

from llm_viz.model.assets import AssetError
from llm_viz.model.checks import SelfCheckError
from llm_viz.model.families import UnsupportedError
from llm_viz.model.generation import Candidate, Generation, Sampling, Step
from llm_viz.model.interventions import Edits
from llm_viz.model.language_model import LanguageModel
from llm_viz.model.loading import load_model
from llm_viz.model.readout import TopTokens
from llm_viz.model.reference import Reference
from llm_viz.model.stepping import Stepper
from llm_viz.model.sweeping import Sweep
from llm_viz.model.tokenizer import Tokenizer, show_token
from llm_viz.model.vectors import load_vectors
from llm_viz.model.weights import WeightCount

__all__ = [
    "AssetError",
    "Candidate",
    "Edits",
    "Generation",
    "LanguageModel",
    "Reference",
    "Sampling",
    "SelfCheckError",
    "Step",
    "Stepper",
    "Sweep",
    "Tokenizer",
    "TopTokens",
    "UnsupportedError",
    "WeightCount",
    "load_model",
    "load_vectors",
    "show_token",
]
