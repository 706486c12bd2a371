"""Our own sentences for the study `word_senses`: words in two senses, each sense told by its cue.

Half of the words are *homonyms* (two words that happen to be spelt alike), half are *polysemes*
(one word in two related senses). In `WordSenses.before` the cue stands before the word, so that a
model that only looks backwards can know; in `WordSenses.after` all sentences of a word begin alike
up to the word, and only what follows tells.

Two sentences may also part because they speak of different things, and not because the word means
two things. So there is a third kind to compare with: words of *one sense* in two scenes, `SCENES`.

The word has the same form everywhere and is never the first of its sentence. No other word that
carries meaning stands in more than half of a sense's sentences: else a model might tell the senses
apart by that word alone. The tests hold the sentences to this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["homonym", "polyseme", "one sense"]


@dataclass(frozen=True)
class WordSenses:
    """One word in sentences of two senses, or of two scenes.

    Attributes:
        word: as it stands in every sentence.
        kind: two words spelt alike, one word in two related senses, or a word of one sense.
        senses: what the two senses are called.
        before: sentences by sense, the cue before the word.
        after: sentences by sense, all alike up to the word; none for words of one sense.
    """

    word: str
    kind: Kind
    senses: tuple[str, str]
    before: tuple[tuple[str, ...], tuple[str, ...]]
    after: tuple[tuple[str, ...], tuple[str, ...]]


def _word(word: str, kind: Kind, beginning: str, *senses: tuple[str, str, str]) -> WordSenses:
    """A word from lines of text: for each sense its name, its sentences, and its endings."""
    (one, *first), (other, *second) = senses
    return WordSenses(
        word,
        kind,
        (one, other),
        (lines(first[0]), lines(second[0])),
        (
            tuple(f"{beginning} {ending}" for ending in lines(first[1])),
            tuple(f"{beginning} {ending}" for ending in lines(second[1])),
        ),
    )


def lines(text: str) -> tuple[str, ...]:
    """The lines of a text, without the blanks around each."""
    return tuple(line.strip() for line in text.strip().splitlines())


WORDS: tuple[WordSenses, ...] = (
    _word(
        "bank",
        "homonym",
        "They walked to the bank",
        (
            "money",
            """
            After losing her cards she phoned the bank to stop all payments.
            He borrowed the price of the car from a bank in town.
            My salary had not arrived, so I asked the bank about it.
            The robbers emptied the vault and fled from the bank on foot.
            With interest rates so high, no bank was busy any more.
            She paid in two cheques at the bank during her lunch break.
            """,
            """
            because the rent was due.
            and paid in a cheque.
            to ask for a loan.
            before the cashiers went home.
            """,
        ),
        (
            "river",
            """
            The canoe drifted slowly until it touched the bank near some reeds.
            We pulled the tired swimmer out of the water onto a bank beside us.
            An angler with a long rod sat on the bank all morning.
            After the flood, mud covered the bank and the meadow behind it.
            The stream was shallow, and the cattle reached the other bank without fear.
            Willows lean over the river along a bank covered with nettles.
            """,
            """
            because the river was rising.
            and fed the ducks.
            to look for their canoe.
            before the swimmers came ashore.
            """,
        ),
    ),
    _word(
        "bat",
        "homonym",
        "He pointed at the bat",
        (
            "animal",
            """
            At dusk something flew out of the cave, and it was a bat again.
            Hanging upside down from the rafters, the bat slept through the day.
            By its own echoes in the dark, a bat finds every moth.
            Among the flying mammals of the island, the bat is the rarest.
            The vet treated the torn wing of the bat found in the attic.
            Owls and foxes hunt at night, and so does the bat in our barn.
            """,
            """
            hanging in the cave.
            as it flew away.
            and the moth it was chasing.
            with its wings folded.
            """,
        ),
        (
            "sport",
            """
            He swung at the ball so hard that the bat broke in two.
            Before the cricket season she oiled her new bat with great care.
            The coach handed each player a helmet, gloves and a bat of ash wood.
            On reaching home plate, the slugger dropped the bat and raised his arms.
            Our team captain signed the bat and gave it to a fan.
            Practising his strokes in the garden, Tom hit a lamp with the bat by mistake.
            """,
            """
            lying on the pitch.
            as the bowler ran up.
            and the ball he had hit.
            with its rubber handle.
            """,
        ),
    ),
    _word(
        "match",
        "homonym",
        "He remembered the match",
        (
            "fire",
            """
            The candles were dark until she lit a match and held it up.
            Out of firewood and cold, we had one match left in the box.
            He puffed at his pipe and dropped the match into the ashtray.
            There was a smell of sulphur as the match flared in the dark.
            To start the stove, hold the match to the gas and turn the knob.
            With damp fingers the scout could not get any match to burn.
            """,
            """
            that set the curtains alight.
            and the cigarette it had lit.
            going out in the wind.
            burning down to his fingertips.
            """,
        ),
        (
            "game",
            """
            The referee blew his whistle and the match began in pouring rain.
            Both teams were tired, but the match went into extra time.
            She served two aces and won the match in under an hour.
            Thousands of fans sang in the stadium until the match had started.
            Our goalkeeper was injured, so we lost one match after another.
            After a long final the chess players shook hands: a match to remember.
            """,
            """
            that his team had lost.
            and the goal he had scored.
            going into extra time.
            ending in a penalty shootout.
            """,
        ),
    ),
    _word(
        "bark",
        "homonym",
        "I noticed the bark",
        (
            "tree",
            """
            The old oak was sick, and its bark came off in strips.
            Beetles had eaten tunnels through the wood beneath the bark of the elm.
            She carved their names with a knife into the bark of a beech.
            Deer were hungry that winter and chewed a bark as bitter as medicine.
            Cork is made from the outer bark that grows back each decade.
            Moss grew on the trunk wherever the bark was cracked and wet.
            """,
            """
            peeling off the old birch.
            and the leaves of the elm.
            because beetles were living in it.
            on the logs we had sawn.
            """,
        ),
        (
            "dog",
            """
            From behind the kennel came a growl and then a bark that made us jump.
            The puppy opened its mouth, but its bark was more of a squeak.
            Our terrier heard the postman and gave a bark at the door.
            The hound had been silent all night until the bark that woke us.
            Wagging its tail, the spaniel welcomed him with the bark he knew.
            I can tell the neighbour's poodle by the bark it always makes.
            """,
            """
            coming from the kennel.
            and the growl that followed it.
            because puppies are rarely so loud.
            of the hound next door.
            """,
        ),
    ),
    _word(
        "seal",
        "homonym",
        "She looked closely at the seal",
        (
            "animal",
            """
            On the ice by the breathing hole lay a seal with her pup.
            Swimming under the waves with its whiskers spread, the seal chased a herring.
            The polar bear waited for hours and then caught a seal near the shore.
            Fishermen freed a young seal from their net and let it go.
            At the zoo the keeper threw sardines to the seal in the pool.
            With its flippers and thick blubber, the seal is at home in cold seas.
            """,
            """
            swimming below the boat.
            and the pup beside it.
            before it dived for fish.
            lying on the ice.
            """,
        ),
        (
            "stamp",
            """
            The duke pressed his ring into hot wax, and the seal was set.
            She opened the letter carefully so that the seal would stay whole.
            No treaty was valid until a seal hung from the parchment.
            The notary signed the deed and added the seal of his office.
            Under each clerk's signature on the document was a seal with an eagle.
            He tore at the envelope, and the seal crumbled in his hand.
            """,
            """
            pressed into the red wax.
            and the signature beside it.
            before she opened the letter.
            hanging from the royal charter.
            """,
        ),
    ),
    _word(
        "date",
        "homonym",
        "He asked about the date",
        (
            "fruit",
            """
            Figs, almonds and a sweet date lay on the silver tray.
            She took the stone out of the date and filled it with nuts.
            Under the palms of the oasis he ate one date after another.
            For dessert there was yogurt with a chopped date and some honey.
            The camel driver broke his fast with a date and a cup of milk.
            Raisins and apricots are sour, but the date is like toffee.
            """,
            """
            growing on the tall palm.
            because it tasted like caramel.
            and the fig beside it.
            that she had stuffed with nuts.
            """,
        ),
        (
            "day",
            """
            They have sent out invitations, but the date of the wedding may change.
            Please sign the form at the bottom and write the date beside your name.
            Nobody in the office could agree on a date for the next meeting.
            The calendar on the wall still showed the date of the accident.
            Historians argue about the battle, but one date is beyond doubt.
            My library books are overdue because I forgot a date they had stamped.
            """,
            """
            printed on the ticket.
            because his visa was expiring.
            and the place of the wedding.
            that she had marked in her diary.
            """,
        ),
    ),
    _word(
        "mint",
        "homonym",
        "They told us about the mint",
        (
            "plant",
            """
            In the herb garden beside the thyme, the mint smells strongest after rain.
            He chopped some parsley and a little mint for the salad.
            Her tea was green and sweet, with leaves of mint floating in it.
            While the lamb was roasting, the cook washed the mint for the sauce.
            Between the rows of basil and sage, the mint had spread everywhere.
            She crushed a stalk between her fingers, and it was mint by the smell.
            """,
            """
            growing beside the parsley.
            and the basil in the pots.
            because it flavours their tea.
            that they put in the salad.
            """,
        ),
        (
            "coins",
            """
            Silver bars were carried under guard to the mint in the capital.
            A new coin was designed, and the mint struck a million of them.
            The treasurer ordered all gold to be sent to the mint without delay.
            Forgers stole two dies for stamping pennies from a mint last year.
            Long before paper money, each large city had a mint of its own.
            The queen's portrait on the copper shilling was made by one mint only.
            """,
            """
            making coins for the king.
            and the gold in its vaults.
            because it stamps their pennies.
            that had printed false banknotes.
            """,
        ),
    ),
    _word(
        "temple",
        "homonym",
        "He pointed to the temple",
        (
            "building",
            """
            Pilgrims left their shoes outside and entered the temple in silence.
            The priests burned incense in a temple of white marble.
            Greek columns and a broken altar are all that the temple has left.
            To thank the goddess, the sailors raised a temple on the cliff.
            Monks rang the great bell of the temple at sunrise every day.
            Inside, beyond the golden statue of Buddha, the temple was cool and dark.
            """,
            """
            standing on the hill.
            where monks were praying.
            and the columns around it.
            built for the goddess.
            """,
        ),
        (
            "head",
            """
            A vein on his forehead throbbed at the temple when he shouted.
            She had a migraine and pressed a finger to the temple with closed eyes.
            His hair was still black, with some grey at one temple only.
            Sweat ran from her brow past a temple and down her cheek.
            The boxer took a punch near the temple and fell.
            A surgeon shaved the patient's skin above the ear, around the temple first.
            """,
            """
            throbbing above his ear.
            where the stone had struck him.
            and the bruise around it.
            hidden by her grey hair.
            """,
        ),
    ),
    _word(
        "magazine",
        "polyseme",
        "She complained about the magazine",
        (
            "paper",
            """
            She rolled up the magazine and swatted the fly with it.
            In the waiting room he leafed through a magazine with torn pages.
            The glossy cover came off when the magazine fell into the bath.
            Under the cushions of the sofa I found a magazine with coffee stains.
            He packed sandwiches and a magazine to read on the train.
            Folded inside his coat pocket was the magazine, now damp and creased.
            """,
            """
            lying in a puddle.
            because its pages were torn.
            and the stain on its cover.
            that he had rolled up.
            """,
        ),
        (
            "company",
            """
            After ten years as an editor, she was dismissed by the magazine last week.
            Two reporters have been hired to work for a magazine in London.
            The actor sued for libel, and the magazine had to pay him.
            Its owners sold their shares because the magazine was losing money.
            Following a strike by its staff, the magazine raised all salaries.
            The publisher borrowed a million and founded a magazine in Berlin.
            """,
            """
            firing its reporters.
            because its editors paid badly.
            and the people who own it.
            that had gone bankrupt.
            """,
        ),
    ),
    _word(
        "newspaper",
        "polyseme",
        "They talked about the newspaper",
        (
            "paper",
            """
            He wrapped the fish in a newspaper and put it in his bag.
            Rain soaked the doorstep, and the newspaper lying there fell apart.
            She spread a newspaper over the table before painting.
            The boy folded a hat out of the newspaper for his little sister.
            On the seat beside me somebody had left the newspaper with the crossword done.
            To light the stove, crumple a newspaper and put sticks on top.
            """,
            """
            lying wet on the doormat.
            because the dog had chewed it.
            and the scissors beside it.
            wrapped around the fish.
            """,
        ),
        (
            "company",
            """
            The journalist was fired, so she took the newspaper to court.
            A millionaire from Texas bought the newspaper and dismissed its editor.
            Minister and mayor both complained to the newspaper about its reporting.
            With fewer advertisers each year, a newspaper has to close its offices.
            My aunt has worked as a correspondent for a newspaper since 1990.
            Threatened with a lawsuit, a newspaper apologised to the singer.
            """,
            """
            sacking half its staff.
            because the minister had sued it.
            and the journalists it employs.
            owned by a billionaire.
            """,
        ),
    ),
    _word(
        "school",
        "polyseme",
        "The mayor praised the school",
        (
            "building",
            """
            A storm tore off the roof of the school and broke six windows.
            Painters put up scaffolding and gave the school a coat of white.
            Bricks and rubble are all that is left of the school after the fire.
            Turn left at the chapel, and the school is behind the car park.
            Since the boiler burst, water has run through the school to the basement.
            The architect drew plans for a school of glass and steel.
            """,
            """
            for its roof of copper.
            and the tall windows in it.
            when the bricklayers had finished.
            standing beside the river.
            """,
        ),
        (
            "institution",
            """
            Three teachers were praised by the school for their new lessons.
            Parents were told in a letter that the school had changed its rules.
            After failing every exam, he was expelled from the school in June.
            Pupils of all faiths are admitted by a school with such values.
            The headmistress retired, and the school appointed a younger woman.
            Its courses in Latin are famous, and the school grants scholarships.
            """,
            """
            for its patient teachers.
            and the lessons it offers.
            when the exam results came out.
            teaching the poorest children.
            """,
        ),
    ),
    _word(
        "chicken",
        "polyseme",
        "She told us about the chicken",
        (
            "animal",
            """
            In the yard behind the barn a chicken scratched for worms.
            The fox crept under the fence and carried off the chicken in its jaws.
            Flapping its wings in fright, the chicken ran across the road.
            Our neighbour keeps a goat, three geese and one chicken behind her house.
            It laid an egg each morning, but then the chicken stopped.
            The farmer's daughter gave corn to her chicken and stroked its feathers.
            """,
            """
            pecking corn in the yard.
            because it had laid an egg.
            and the rooster beside it.
            that had escaped from its coop.
            """,
        ),
        (
            "meat",
            """
            For dinner we fried some chicken with garlic and lemon.
            The waiter brought soup first and then a chicken with rice.
            She cut the onions, seasoned the chicken and heated the oven.
            He ordered a sandwich with cold chicken and a glass of beer.
            My curry was too hot, so I ate only the chicken and left the sauce.
            Grilled over charcoal until crisp, the chicken tasted of smoke and thyme.
            """,
            """
            roasting in the oven.
            because it needed more salt.
            and the rice beside it.
            that we would have with curry.
            """,
        ),
    ),
    _word(
        "book",
        "polyseme",
        "They discussed the book",
        (
            "object",
            """
            He used a heavy book to keep the door from closing.
            The shelf broke, and a book fell onto my left foot.
            Its spine was cracked, so the librarian repaired the book with glue.
            Mice had nibbled the leather and paper of the book in the cellar.
            She put her wet cup down on the book and left a ring.
            In his suitcase between two shirts he packed a book bound in red.
            """,
            """
            lying on the floor.
            because its binding was loose.
            and the lamp beside it.
            that had fallen off the shelf.
            """,
        ),
        (
            "content",
            """
            The plot is thin, but the book made me laugh and cry.
            Critics found the argument weak and called the book naive.
            Her childhood in Kenya is what she describes in a book of great honesty.
            It begins as a love story, but the book soon turns into satire.
            The author thought about genes for years and explains them in a book of wit.
            Translated into forty languages, the book tells of a lonely whale.
            """,
            """
            arguing over its plot.
            because its hero was unlikeable.
            and the ideas behind it.
            that had won a prize for poetry.
            """,
        ),
    ),
    _word(
        "bottle",
        "polyseme",
        "He was pleased with the bottle",
        (
            "container",
            """
            The glass was cracked, so he threw the bottle into the bin.
            She peeled the label from a bottle and used it as a vase.
            Rolled up tightly inside a bottle, the message reached the beach.
            It fell off the shelf, and the bottle smashed on the stone floor.
            The cork was stuck so firmly that the bottle could not be opened.
            Made of blue plastic, the bottle weighs almost nothing and can be folded.
            """,
            """
            standing on the windowsill.
            because its glass was blue.
            and the cork that fitted it.
            that he had dug up.
            """,
        ),
        (
            "contents",
            """
            They were thirsty and drank the bottle in ten minutes.
            He felt dizzy and drunk after a bottle on his own.
            To make the sauce, pour half of the bottle over the meat.
            The guests loved the wine and asked for another bottle before midnight.
            She took a sip and said that the bottle was too sweet for her.
            Still hungry, the baby gulped down a bottle and cried for more.
            """,
            """
            tasting of plums and oak.
            because its wine was dry.
            and the cheese that followed it.
            that he had drunk with dinner.
            """,
        ),
    ),
    _word(
        "church",
        "polyseme",
        "People spoke about the church",
        (
            "building",
            """
            Lightning hit the spire, and the church burned for two days.
            The mason repaired a crack in the north wall of the church last summer.
            Swallows nest under the roof of a church near the harbour.
            From the hill we could see the tower of a church above the trees.
            Tourists photographed the stained glass and left the church by a side door.
            Built of grey granite in 1320, the church seats only fifty people.
            """,
            """
            standing in ruins.
            because its tower was leaning.
            and the graveyard around it.
            that the mason was repairing.
            """,
        ),
        (
            "institution",
            """
            The bishop said that the church would change its view of marriage.
            After a quarrel about doctrine, he left the church and became an atheist.
            Taxes paid by its members give the church most of its income.
            Priests may not marry, as the church has taught for centuries.
            Reformers wanted women to be ordained, but a church of old men refused.
            The state should not be ruled by a church, the philosopher wrote.
            """,
            """
            forbidding divorce.
            because its bishops were corrupt.
            and the faith it preaches.
            that the pope was reforming.
            """,
        ),
    ),
    _word(
        "window",
        "polyseme",
        "She went back to the window",
        (
            "opening",
            """
            A bird flew in through the window and out by the door.
            The thief climbed out of the window and ran over the roofs.
            Warm air and street noise came in by the window all night.
            She threw the keys down to him from a window above the shop.
            Leaning far out, the child waved from the window to his father.
            Arrows were shot at the enemy through a window in the wall.
            """,
            """
            and climbed out.
            to let in some air.
            through which she had escaped.
            because someone was calling outside.
            """,
        ),
        (
            "pane",
            """
            The ball bounced hard and cracked the window from edge to edge.
            He scrubbed off the dirt with soap until the window shone.
            Breath and frost had made the window white on the inside.
            Splinters lay everywhere after the window was smashed by a stone.
            The glazier cut a window to size and fixed it with putty.
            Someone had drawn a heart in the dust on a window with a finger.
            """,
            """
            and wiped off the dust.
            to stick a poster on it.
            which a stone had cracked.
            because the glass was dirty.
            """,
        ),
    ),
)

# Words of one sense in two scenes: what a change of subject alone does to a word. Cue before only.
SCENES: tuple[WordSenses, ...] = (
    _word(
        "knife",
        "one sense",
        "",
        (
            "kitchen",
            """
            She peeled the potatoes with a knife and dropped them in the pot.
            The chef sharpened his knife before he carved the turkey.
            To slice tomatoes thinly, you need a knife with a toothed edge.
            Crumbs and butter stuck to the knife beside the toaster.
            He diced two carrots and laid the knife on the chopping board.
            After supper, a fork and a knife were left in the sink.
            """,
            "",
        ),
        (
            "forest",
            """
            The hunter drew a knife and skinned the hare by moonlight.
            The scout carved a whistle from a twig with a knife and blew it.
            He took down the tent, folded his knife and filled the pack.
            She tied the knife to a long stick and speared a trout.
            Lost in the jungle, they cleared a path with a knife between them.
            Kneeling by the campfire, the ranger cleaned the knife in hot ash.
            """,
            "",
        ),
    ),
    _word(
        "piano",
        "one sense",
        "",
        (
            "concert",
            """
            The audience fell silent as she sat down at the piano and bowed.
            The orchestra paused, and the piano played the theme alone.
            He practised the sonata on a piano for six hours a day.
            Her fingers raced over the keys of the piano in the finale.
            A jazz trio needs drums, a double bass and a piano on stage.
            Critics praised the soloist, but the piano was out of tune.
            """,
            "",
        ),
        (
            "removal",
            """
            Four men with straps carried the piano down the stairs.
            The lorry was too small, so the piano stayed behind on the pavement.
            They wrapped blankets around a piano and tied it to the van.
            A crane lifted the sofa first and then the piano to the balcony.
            The landlord's new floor was scratched when a piano was pushed across it.
            When we moved house, the wheels of the piano broke off.
            """,
            "",
        ),
    ),
    _word(
        "rope",
        "one sense",
        "",
        (
            "ship",
            """
            The sailors hauled on the rope until the sail was up.
            On deck lay an anchor and a rope as thick as an arm.
            The ferry docked, and a boy caught the rope on the quay.
            He coiled it beside the mast, and the rope dried in the sun.
            A wave swept the captain overboard, and they threw a rope after him.
            Tarred against salt water, the rope held the barge in the storm.
            """,
            "",
        ),
        (
            "mountain",
            """
            The climber checked her harness and tied the rope to it twice.
            Halfway up the cliff, a rope began to fray on a sharp edge.
            Three mountaineers crossed the glacier on the rope because of crevasses.
            From the summit ridge he let down a rope to his friend.
            Her boots slipped on the rock face, but the rope held.
            Guides hammered iron pins into the granite and ran the rope through them.
            """,
            "",
        ),
    ),
    _word(
        "doctor",
        "one sense",
        "",
        (
            "hospital",
            """
            The nurse wheeled him to the ward, where a doctor was waiting.
            After the operation the doctor washed his hands and sat down.
            She read the X-ray again and called the doctor from surgery.
            In the emergency room, one doctor looked after thirty patients.
            His fever rose at midnight, so the doctor changed the medicine.
            Visitors with flowers asked a doctor in the corridor for news.
            """,
            "",
        ),
        (
            "leisure",
            """
            At the wedding my cousin danced all night with a doctor from Leeds.
            On the beach beside us, the doctor was reading a thriller.
            Our neighbours on the campsite were a painter and a doctor with twins.
            During the tennis final the doctor sat two rows below me.
            She won the pub quiz together with the doctor and a plumber.
            Skiing was new to her, but the doctor fell only once.
            """,
            "",
        ),
    ),
    _word(
        "apple",
        "one sense",
        "",
        (
            "orchard",
            """
            Wasps had hollowed out the apple that lay in the grass.
            He climbed the ladder and picked an apple from the top branch.
            Late frost killed the blossom, so hardly an apple grew this year.
            The farmer cut open the apple and showed us the worm in it.
            A gust shook the tree, and the apple hit the gardener.
            Baskets of plums and a single apple stood under the hedge.
            """,
            "",
        ),
        (
            "school",
            """
            In her satchel between the notebooks she found an apple from her mother.
            The pupil put the apple on the teacher's desk and blushed.
            At break he swapped his apple for half a biscuit.
            The children had to draw an apple and a jug with crayons.
            To explain gravity in physics, she let the apple fall on the floor.
            Forgotten under the bench since the exams, the apple had gone brown.
            """,
            "",
        ),
    ),
    _word(
        "bicycle",
        "one sense",
        "",
        (
            "race",
            """
            The champion crossed the line and kissed the bicycle in tears.
            On the steep pass, every bicycle weighs too much, sprinters say.
            A mechanic leapt from the team car with a bicycle for him.
            In the final sprint her bicycle touched another, and both fell.
            Time trials are won by legs, not by the bicycle alone.
            Doping was found in his blood, and a motor in the bicycle too.
            """,
            "",
        ),
        (
            "everyday",
            """
            Each morning she rides to the office on the bicycle her aunt left her.
            The thief cut the lock and sold the bicycle at the station.
            He strapped the shopping to the bicycle and pushed it home.
            Their tiny hallway is blocked by a pram and a bicycle without wheels.
            Because petrol is dear, the postman bought a bicycle with big bags.
            Parked against the bakery was her bicycle with a basket of kittens.
            """,
            "",
        ),
    ),
    _word(
        "candle",
        "one sense",
        "",
        (
            "birthday",
            """
            The cake had five, but only one candle was still burning.
            She closed her eyes and made a wish as the candle went out.
            Icing dripped where the candle had been stuck into the sponge.
            Grandpa turned ninety, so a single candle had to do.
            While everyone sang, the girl stared at the candle in front of her.
            Presents first, said the twins, and then the candle and the cream.
            """,
            "",
        ),
        (
            "power cut",
            """
            When the lights failed, father felt his way to a candle in the drawer.
            After the storm a candle was all the light we had until ten.
            In the dark cellar a draught put out the candle at once.
            Without electricity for a week, each family got one candle a day.
            The generator broke, so they cooked by a candle and a torch.
            Wax ran over the fuse box as he held the candle up.
            """,
            "",
        ),
    ),
    _word(
        "dog",
        "one sense",
        "",
        (
            "ice",
            """
            Across the frozen lake ran the sled, a dog at its head.
            The explorer shared his last meat with the dog in the blizzard.
            At forty below zero, a dog sleeps curled up in a snowdrift.
            Skis broken, they followed the dog back to the hut.
            An avalanche had buried him, but the dog dug him out.
            Icicles hung from the muzzle of the dog like a beard.
            """,
            "",
        ),
        (
            "beach",
            """
            Children were building a sandcastle until a dog ran through it.
            She threw a ball into the surf, and the dog swam after it.
            Sunbathers shrieked when the dog shook itself dry beside them.
            Under the parasol beside us the dog panted in the heat.
            A lifeguard whistled because one dog had chased the gulls.
            He rubbed lotion on his nose while the dog licked his ice cream.
            """,
            "",
        ),
    ),
)
