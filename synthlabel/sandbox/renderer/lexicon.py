"""What the renderer understands of plain English: places, hours, weather, colours, moods, numbers."""

from enum import StrEnum
from typing import Final, TypeAlias, TypeVar

T = TypeVar("T")
Rgb: TypeAlias = tuple[int, int, int]


class Place(StrEnum):
    MOUNTAINS = "mountains"
    FOREST = "forest"
    BEACH = "beach"
    SEA = "sea"
    CLIFF = "cliff"
    DESERT = "desert"
    MARS = "mars"
    MOON = "moon"
    SNOW = "snow"
    MEADOW = "meadow"
    VILLAGE = "village"
    CITY = "city"
    ROOM = "room"
    LIBRARY = "library"
    TABLE = "table"
    STUDIO = "studio"
    SKY = "sky"
    SPACE = "space"
    UNDERWATER = "underwater"
    ABSTRACT = "abstract"


class Hour(StrEnum):
    DAWN = "dawn"
    DAY = "day"
    SUNSET = "sunset"
    DUSK = "dusk"
    NIGHT = "night"


class Weather(StrEnum):
    CLEAR = "clear"
    CLOUDS = "clouds"
    RAIN = "rain"
    SNOW = "snow"
    FOG = "fog"
    STORM = "storm"


class Mood(StrEnum):
    WARM = "warm"
    COLD = "cold"
    VIVID = "vivid"
    MUTED = "muted"
    DARK = "dark"
    BRIGHT = "bright"
    MONO = "mono"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


INDOORS: Final = frozenset({Place.ROOM, Place.LIBRARY, Place.TABLE, Place.STUDIO})
WORLDS: Final = frozenset({Place.SPACE, Place.MARS, Place.MOON, Place.UNDERWATER, Place.ABSTRACT})


VEILS: Final = frozenset({Weather.RAIN, Weather.STORM, Weather.FOG})  # no sun or moon is seen through them


def _index(table: dict[T, str]) -> dict[str, T]:
    return {word: value for value, words in table.items() for word in words.split()}


PLACES: Final[dict[str, Place]] = _index(
    {
        Place.MOUNTAINS: "mountain mountains mountainous alps alpine peak peaks himalaya valley canyon lake river "
        "fjord highland highlands landscape waterfall",
        Place.FOREST: "forest forests wood woods woodland woodlands jungle rainforest grove taiga swamp",
        Place.BEACH: "beach beaches shore seashore tropical coast lagoon sand island bay",
        Place.SEA: "sea seas ocean waves wave harbor harbour port pier maritime sailing",
        Place.CLIFF: "cliff cliffs headland coastline bluff",
        Place.DESERT: "desert deserts dune dunes sahara mesa wasteland arid savanna savannah safari badlands",
        Place.MARS: "mars martian",
        Place.MOON: "lunar moonscape",
        Place.SNOW: "snow snowy snowfield winter wintry arctic antarctic ice icy glacier tundra frozen frost blizzard",
        Place.MEADOW: "meadow meadows field fields grass grassland prairie pasture park garden lawn countryside farm "
        "hills hill backyard steppe plain plains vineyard orchard",
        Place.VILLAGE: "village villages town hamlet suburb neighborhood neighbourhood medieval",
        Place.CITY: "city cities urban downtown skyline metropolis street streets alley avenue skyscrapers cityscape "
        "cyberpunk tokyo york london manhattan rooftop futuristic",
        Place.ROOM: "room bedroom kitchen interior office lounge cafe restaurant bar indoors indoor apartment hall "
        "parlor workshop classroom gallery museum",
        Place.LIBRARY: "library bookshop bookstore bookshelf bookshelves archive study",
        Place.TABLE: "table tabletop desk counter countertop shelf workbench bench picnic",
        Place.STUDIO: "studio backdrop product packshot pedestal podium headshot background catalogue catalog"
        " ecommerce",
        Place.SKY: "sky skies clouds heaven heavens airborne",
        Place.SPACE: "space cosmos cosmic galaxy galaxies nebula orbit interstellar universe asteroid outer planets",
        Place.UNDERWATER: "underwater undersea reef aquarium seabed submerged scuba",
        Place.ABSTRACT: "abstract marble pattern texture fractal psychedelic wallpaper fluid geometric swirl swirls "
        "silk gradient surreal generative paint splash kaleidoscope",
    }
)
# Words for these also describe other things ("a marble table"): any other place goes before them.
SOFT_PLACES: Final = frozenset({Place.SKY, Place.STUDIO, Place.ABSTRACT})
STRONG_PLACES: Final = _words("underwater undersea reef mars martian lunar library space abstract beach desert cliff")


HOURS: Final[dict[str, Hour]] = _index(
    {
        Hour.DAWN: "dawn sunrise morning daybreak early",
        Hour.DAY: "day noon midday daylight afternoon sunny daytime sunlight sunlit blue-sky",
        Hour.SUNSET: "sunset evening golden dusky sundown goldenhour",
        Hour.DUSK: "dusk twilight nightfall gloaming",
        Hour.NIGHT: "night midnight nighttime moonlight moonlit moon starry stars neon nocturnal aurora cyberpunk",
    }
)
WEATHERS: Final[dict[str, Weather]] = _index(
    {
        Weather.CLEAR: "clear cloudless sunny",
        Weather.CLOUDS: "cloud clouds cloudy overcast",
        Weather.RAIN: "rain rainy raining drizzle wet downpour",
        Weather.SNOW: "snowing snowfall blizzard snowflakes snowstorm",
        Weather.FOG: "fog foggy mist misty haze hazy smoky smoke",
        Weather.STORM: "storm stormy thunder thunderstorm lightning tempest hurricane",
    }
)
MOODS: Final[dict[str, Mood]] = _index(
    {
        Mood.WARM: "warm cozy cosy autumn autumnal fall fiery hot",
        Mood.COLD: "cold cool chilly frosty icy",
        Mood.VIVID: "vivid vibrant colorful colourful saturated neon psychedelic pop bold",
        Mood.MUTED: "muted pastel soft faded calm minimalist minimal vintage dreamy serene",
        Mood.DARK: "dark gloomy moody gothic horror noir sinister ominous",
        Mood.BRIGHT: "bright cheerful happy airy light luminous",
        Mood.MONO: "monochrome grayscale greyscale bw",
    }
)

COLOURS: Final[dict[str, Rgb]] = {
    "red": (214, 48, 49), "crimson": (178, 24, 54), "scarlet": (226, 52, 32), "maroon": (122, 28, 44),
    "orange": (240, 130, 36), "amber": (245, 165, 36), "peach": (250, 178, 140), "coral": (250, 118, 98),
    "yellow": (248, 206, 52), "gold": (222, 174, 62), "golden": (222, 174, 62), "mustard": (206, 160, 40),
    "green": (62, 160, 76), "emerald": (22, 150, 104), "lime": (160, 210, 50), "olive": (124, 130, 50),
    "mint": (146, 220, 188), "teal": (18, 140, 142), "turquoise": (50, 194, 190), "cyan": (40, 196, 224),
    "blue": (46, 104, 214), "navy": (26, 42, 98), "azure": (60, 140, 236), "indigo": (70, 56, 168),
    "purple": (132, 64, 178), "violet": (142, 86, 216), "lavender": (178, 160, 226), "magenta": (214, 44, 156),
    "pink": (242, 128, 172), "rose": (226, 92, 124), "brown": (132, 86, 54), "chocolate": (92, 54, 36),
    "beige": (222, 204, 174), "cream": (244, 232, 208), "ivory": (242, 236, 220), "white": (240, 240, 242),
    "black": (30, 30, 34), "gray": (132, 134, 140), "grey": (132, 134, 140), "silver": (186, 190, 198),
    "bronze": (164, 108, 58), "copper": (186, 104, 66),
}  # fmt: skip

NUMBERS: Final[dict[str, int]] = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "dozen": 12, "couple": 2, "pair": 2, "both": 2, "few": 3, "several": 4, "many": 7, "group": 5, "bunch": 5,
    "flock": 7, "herd": 6, "pack": 5, "swarm": 9, "pile": 6, "bowl": 4, "family": 3,
}  # fmt: skip
ONES: Final = frozenset({"a", "an", "one", "the", "single", "lone", "lonely"})
POINTERS: Final = frozenset({"this", "that", "these", "those", "its", "his", "her", "their"})
MAX_COUNT: Final = 12

PORTRAIT_WORDS: Final = frozenset(
    {"portrait", "headshot", "closeup", "close", "selfie", "macro", "face", "bust", "profile"}
)
RIDING_WORDS: Final = frozenset({"riding", "rides", "ride", "atop", "mounted"})
FLYING_WORDS: Final = frozenset({"flying", "flies", "soaring", "hovering", "floating", "levitating", "leaping"})
OVER_WORDS: Final = frozenset({"over", "above"})
BIG_WORDS: Final = frozenset({"giant", "huge", "big", "large", "enormous", "gigantic", "massive", "towering"})
SMALL_WORDS: Final = frozenset({"tiny", "small", "little", "miniature", "mini", "distant"})
FILLERS: Final = _words(
    "a an the of in on at by to from for with and or under over above below near into onto through behind beside "
    "between is are was be being its his her their this that some very really style photo photograph photography "
    "image picture painting drawing illustration render rendering art artwork digital detailed highly high "
    "quality best masterpiece resolution 4k 8k hd uhd cinematic realistic photorealistic hyperrealistic trending "
    "artstation octane unreal engine shot view scene lighting sharp focus depth award winning professional "
    "beautiful stunning gorgeous amazing "
)
PEOPLE_WORDS: Final = frozenset({"people", "person", "human", "humans", "persons", "man", "woman"})
ANIMAL_WORDS: Final = frozenset({"animal", "animals", "creature", "creatures"})

# Where a thing is at home when the prompt does not say: by the illustration's name, then by its kind.
HOMES: Final[dict[str, Place]] = _index(
    {
        Place.SNOW: "penguin polar_bear snowman skier snowboarder sled Santa_Claus seal ice_skate skis moose mammoth",
        Place.DESERT: "camel two-hump_camel cactus scorpion lion elephant giraffe zebra rhinoceros leopard sauropod",
        Place.FOREST: "fox wolf bear owl deer hedgehog chipmunk raccoon mushroom badger beaver boar evergreen_tree elf "
        "woman_elf fairy tiger panda gorilla monkey orangutan sloth parrot unicorn koala camping tent bow_and_arrow",
        Place.SEA: "spouting_whale dolphin sailboat anchor person_rowing_boat canoe speedboat passenger_ship ferry "
        "motor_boat ship ring_buoy person_surfing duck swan submarine",
        Place.UNDERWATER: "whale fish tropical_fish blowfish shark octopus squid jellyfish shrimp oyster diving_mask "
        "mermaid merman coral person_swimming",
        Place.BEACH: "crab lobster palm_tree beach_with_umbrella spiral_shell turtle desert_island flamingo coconut "
        "tropical_drink volleyball",
        Place.SPACE: "astronaut rocket flying_saucer satellite ringed_planet comet alien globe_showing_Americas "
        "alien_monster",
        Place.CITY: "taxi bus automobile racing_car police_car ambulance tram office_building superhero "
        "woman_superhero robot detective motorcycle Tokyo_tower Statue_of_Liberty supervillain police_officer",
        Place.MOUNTAINS: "goat ram llama eagle dragon mountain snow-capped_mountain mount_fuji volcano person_climbing "
        "Japanese_castle castle hiking_boot",
        Place.CLIFF: "lighthouse",
        Place.LIBRARY: "mage woman_mage teacher student books open_book closed_book judge scroll",
        Place.SKY: "airplane small_airplane parachute kite balloon helicopter bird dove baby_angel rainbow cloud "
        "cloud_with_rain cloud_with_lightning dragon_face",
        Place.VILLAGE: "church houses locomotive bicycle fountain derelict_house circus_tent",
    }
)
KIND_HOMES: Final[dict[str, Place]] = {
    "beast": Place.MEADOW, "head": Place.MEADOW, "bust": Place.STUDIO, "person": Place.MEADOW, "flyer": Place.SKY,
    "swimmer": Place.UNDERWATER, "flower": Place.MEADOW, "tree": Place.MEADOW, "food": Place.TABLE,
    "building": Place.MEADOW, "vehicle": Place.CITY, "boat": Place.SEA, "sky": Place.SKY, "thing": Place.STUDIO,
}  # fmt: skip
