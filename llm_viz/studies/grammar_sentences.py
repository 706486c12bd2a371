"""Our own sentences for the study `grammar_first`: words that are now a noun, now a verb.

Each means much the same either way, so that grammar alone tells the two sides apart. As in
`llm_viz.studies.sense_sentences`, the cue stands before the word, which has the same form
everywhere and is never the first of its sentence. The tests hold the sentences to this.
"""

from __future__ import annotations

from dataclasses import dataclass

from llm_viz.studies.sense_sentences import lines


@dataclass(frozen=True)
class NounOrVerb:
    """One word in sentences of two parts of speech.

    Attributes:
        word: as it stands in every sentence.
        noun, verb: the sentences in which it is the one, and the other.
    """

    word: str
    noun: tuple[str, ...]
    verb: tuple[str, ...]


NOUNS_OR_VERBS: tuple[NounOrVerb, ...] = (
    NounOrVerb(
        "walk",
        lines(
            """
            After lunch we went for a walk along the canal.
            It was the longest walk that they had ever finished.
            Her evening walk takes her past the old mill.
            Nothing clears my head like a brisk walk in the cold.
            The doctor told him that one walk each day would do.
            On Sunday there is a guided walk through the marshes.
            """
        ),
        lines(
            """
            In fine weather most of us walk home across the fields.
            They had missed the last bus and had to walk.
            You can walk from here to the harbour in ten minutes.
            Some children cannot walk before they are fifteen months old.
            Shall we walk or take the tram to the museum?
            Please do not walk on the wet floor.
            """
        ),
    ),
    NounOrVerb(
        "dance",
        lines(
            """
            Their wedding ended with a slow dance under the lamps.
            Every village in the valley has a dance of its own.
            She asked him for the next dance and he blushed.
            The bees explain the way with a strange dance.
            After the third dance the band took a break.
            He taught us an old dance from the islands.
            """
        ),
        lines(
            """
            At the wedding even my uncle began to dance.
            We used to dance until the musicians went home.
            You must dance closer to the edge of the stage.
            My knees hurt, so I will not dance tonight.
            These birds dance in front of their mates.
            Why do they never dance when the music is slow?
            """
        ),
    ),
    NounOrVerb(
        "answer",
        lines(
            """
            He waited a week for an answer to his letter.
            Only one answer on this page is right.
            Her short answer surprised the whole committee.
            There is no easy answer to that riddle.
            The pupil wrote the answer in red ink.
            I knocked twice, but the only answer was silence.
            """
        ),
        lines(
            """
            He never stays long enough to answer a letter.
            You must answer all the questions on this page.
            The witness refused to answer and looked away.
            Nobody could answer the riddle of the old woman.
            When the phone rang I did not answer.
            Ministers answer to the people who chose them.
            """
        ),
    ),
    NounOrVerb(
        "call",
        lines(
            """
            I am expecting a call from my sister tonight.
            The strange call of an owl woke the campers.
            There was one missed call on the screen.
            Her urgent call for help reached the coast guard.
            That long call to Canada cost him a fortune.
            He ended the call before she could reply.
            """
        ),
        lines(
            """
            You should call your sister when you arrive.
            At night the owls call to each other across the lake.
            If the pain comes back, call the doctor at once.
            We will call for help as soon as the storm is over.
            They always call during dinner and sell insurance.
            Let me call a taxi before it gets dark.
            """
        ),
    ),
    NounOrVerb(
        "drink",
        lines(
            """
            He bought her a drink at the hotel bar.
            A warm drink before bed helps some people sleep.
            This sweet drink is made from roasted barley.
            She spilled the whole drink over her new dress.
            On hot days my favourite drink is cold mint tea.
            Every guest was offered a drink and a seat.
            """
        ),
        lines(
            """
            In summer the cattle drink from the river.
            You should drink more water when it is hot.
            My parents never drink coffee after six.
            The medicine is bitter, so drink it quickly.
            Let us drink to the health of the bride.
            Horses will not drink if the bucket is dirty.
            """
        ),
    ),
    NounOrVerb(
        "rest",
        lines(
            """
            The nurse said that a long rest would cure him.
            After an hour of digging they needed a rest.
            There is no rest for a mother of four.
            He took a short rest in the shade of an oak.
            A day of complete rest brought her voice back.
            Two weeks of rest is what the surgeon ordered.
            """
        ),
        lines(
            """
            The nurse said that he should rest for an hour.
            We stopped to rest where the path divides.
            You look pale, so sit down and rest.
            At noon the farmers rest in the shade of the barn.
            I cannot rest until this letter is written.
            On the seventh day even the engines rest.
            """
        ),
    ),
    NounOrVerb(
        "smile",
        lines(
            """
            She greeted every customer with a smile.
            The baby's first smile made them forget the night.
            His crooked smile hid what he was thinking.
            There was a sad smile on the old man's lips.
            With a proud smile the girl showed us her medal.
            It took only one smile to end the quarrel.
            """
        ),
        lines(
            """
            The photographer asked all of us to smile.
            Babies begin to smile when they are six weeks old.
            He could not help it and had to smile.
            Strangers here smile at you in the street.
            She tried hard not to smile during the speech.
            Why do the people in old portraits never smile?
            """
        ),
    ),
    NounOrVerb(
        "visit",
        lines(
            """
            Her last visit to the village was ten years ago.
            The president cancelled the visit because of the storm.
            We are planning a visit to the salt mine.
            It was his first visit to a dentist.
            After the visit of the inspector the kitchen was closed.
            A surprise visit from my aunt delayed us.
            """
        ),
        lines(
            """
            Every autumn we visit the village where she was born.
            Tourists who visit the cathedral must cover their knees.
            You may visit the prisoner on Thursdays.
            I would love to visit Norway in the winter.
            The inspectors visit each kitchen twice a year.
            They promised to visit their aunt more often.
            """
        ),
    ),
)
