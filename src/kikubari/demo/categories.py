"""Sixteen categories, found by words in the source's descriptions: it names none itself."""

import re

import msgspec


class Category(msgspec.Struct, frozen=True):
    """A category of the shop.

    Attributes:
        slug: the key, also of its picture.
        name: English name, as in `category` of products and orders.
        name_ja: Japanese name.
        title_ja: the noun a Japanese title ends in when no word of it is known.
    """

    slug: str
    name: str
    name_ja: str
    title_ja: str


CATEGORIES = {
    category.slug: category
    for category in (
        Category("bags", "Bags", "バッグ・ポーチ", "バッグ"),
        Category("candles", "Candles & Scents", "キャンドル・香り", "キャンドル"),
        Category("cards", "Cards & Wrap", "カード・ラッピング", "カード"),
        Category("christmas", "Christmas", "クリスマス", "クリスマス飾り"),
        Category("decor", "Home Decor", "インテリア雑貨", "インテリア雑貨"),
        Category("garden", "Garden", "ガーデン", "ガーデン雑貨"),
        Category("jewellery", "Jewellery", "アクセサリー", "アクセサリー"),
        Category("kitchen", "Kitchen & Baking", "キッチン・製菓", "キッチン雑貨"),
        Category("lighting", "Lighting", "照明", "ライト"),
        Category("party", "Party", "パーティー", "パーティー用品"),
        Category("signs", "Frames & Signs", "フレーム・サイン", "サインプレート"),
        Category("stationery", "Stationery & Craft", "文具・手芸", "文具"),
        Category("storage", "Storage", "収納", "収納用品"),
        Category("tableware", "Tableware", "食器・カトラリー", "食器"),
        Category("textiles", "Textiles", "ファブリック", "ファブリック"),
        Category("toys", "Toys & Games", "おもちゃ", "おもちゃ"),
    )
}

# The first rule that finds one of its words decides.
_RULES = [
    (slug, re.compile(rf"\b(?:{words})\b"))
    for slug, words in (
        (
            "christmas",
            r"CHRISTMAS|XMAS|ADVENT|SANTA\w*|REINDEERS?|BAUBLES?|SNOWM[AE]N|SNOWFLAKES?|NOEL|WREATH"
            r"|TINSEL|CHRISTMASSY|HOLLY|RUDOLPH|MISTLETOE|NATIVITY|SLEIGH|STOCKINGS?|NUTCRACKER",
        ),
        ("toys", r"PLAYING CARDS|MARBLES|TOYS?|JIGSAW|SOFT TOY|MONEY BOX|GAMES?|PUZZLES?|SKITTLES"),
        (
            "cards",
            r"CARDS?|WRAP|WRAPPING|GIFT BAGS?|GIFT TAGS?|RIBBONS?|GIFT TAPE|TISSUE|TISSUES|REEL",
        ),
        (
            "jewellery",
            r"NECKLACE\w*|NECKL\.?\w*|EARRINGS?|BRACELETS?|BANGLES?|PENDANT|BROOCH|CHARMS?|HAIR\w*"
            r"|DIAMANTE|TIARA|KEY ?RINGS?|(?<!NAPKIN )(?<!CURTAIN )RING(?! OF)|WATCH|BAG CHARM",
        ),
        (
            "party",
            r"PARTY|BUNTING|BALLOONS?|GARLAND|CONFETTI|PAPER CHAINS?|HONEYCOMB|EASTER|NAPKINS"
            r"|STREAMERS?|PAPER PLATES?|PAPER CUPS?|SOMBRERO|PINATA|MASKS?|FAN|TATTOOS",
        ),
        (
            "lighting",
            r"(?<!T-)(?<!T )LIGHT(?! BLUE| PINK| GREEN| BROWN| TOPAZ)|(?<!T-)(?<!T )LIGHTS|LAMP"
            r"|LANTERNS?|LAMPSHADE|CHANDELIER|TORCH|LED|NIGHTLIGHT|SUNJAR",
        ),
        (
            "candles",
            r"CANDLE\w*|T-LIGHTS?|T LIGHTS?|TEALIGHT|INCENSE|SCENT\w*|SOAPS?|BATH|OIL BURNER|BALM"
            r"|FRAGRANCE|POT ?POURRI|LAVENDER|SACHET|BATHROOM|PERFUME|AROMA\w*|DIFFUSER",
        ),
        (
            "textiles",
            r"HOT WATER BOTTLE|HOTTIE|HAND WARMER|CUSHIONS?|QUILTS?|THROW|BLANKET|RUG|DOOR ?MAT"
            r"|TOWELS?|TABLECLOTH|TABLE RUNNER|CURTAINS?|SCARF|SLIPPERS?|FLANNEL|FILLER PAD|PADS"
            r"|SOCKS?|GLOVES?|EYE MASK|PONCHO|PASHMINA|SARONG|APRON|CHAIR PAD|TEA COSY|COSY",
        ),
        (
            "bags",
            r"LUNCH BAG|\w*BAGS?|PURSES?|WALLET|LUGGAGE|BACKPACK|SHOPPER|PASSPORT|UMBRELLA|RUCKSACK"
            r"|TOTE|CASE FOR|MAKE ?UP",
        ),
        (
            "stationery",
            r"\w*NOTEBOOKS?|PENCILS?|PENS?|STICKERS?|ERASERS?|RUBBERS?|SHARPENER|SKETCHBOOK|JOURNAL"
            r"|DIARY|CALENDAR|PAPER CLIPS?|ORGANISER|RULER|CHALK|CRAYONS?|MEMO|NOTE|ENVELOPES?|TAPE"
            r"|STAMPS?|SEWING|\w*CRAFT|KNITTING|BUTTONS?|ORIGAMI|ADDRESS BOOK|BOOK|WRITING|PAPER"
            r"|CARD HOLDER|SCISSORS?|BOOKMARK|PHOTO ALBUM|COLOURING|DRAWING|PAINT SET|NOTEPAD",
        ),
        (
            "kitchen",
            r"KITCHEN|CAKE ?(?:CASES|TINS?|BOXES|MOULD)|CAKE|BAKING|OVEN|JAM|PANTRY|RECIPE|SPICES?"
            r"|CUTTERS?|ROLLING PIN|WHISK|SCALES?|LUNCH BOX\w*|SNACK|BREAD|BISCUITS?|JELLY|COLANDER"
            r"|FRYING|MEASURING|BOTTLES?|JARS?|TIMER|FUNNEL|BUTTER|SALT|CHOPPING|POPCORN|PIE|FRIDGE"
            r"|BOTTLE OPENER|CORKSCREW|GRATER|SIEVE|CHOCOLATE|CAKES|COOKIE|MILK|EGGS?|ICE CREAM",
        ),
        (
            "tableware",
            r"MUGS?|CUPS?|TEA|TEACUPS?|TEAPOT|SAUCERS?|PLATES?|BOWLS?|JUG|TUMBLERS?|GOBLET|GLASSES"
            r"|PLACEMATS?|COASTERS?|CUTLERY|SPOONS?|TRAY|CAKE ?STAND|CAKESTAND|BEAKERS?|DISH|COFFEE"
            r"|DOILY|DOIL(?:EY|IES|EYS)|DECANTER|STRAWS|TEA ?SET|PLATTER|FORKS?|KNI(?:FE|VES)",
        ),
        (
            "garden",
            r"GARDEN\w*|PLANT\w*|WATERING|PARASOLS?|SEEDS?|FLOWER ?POTS?|BIRD ?HOUSE|BIRD FEEDER"
            r"|BIRD TABLE|FEEDER|THERMOMETER|TROWEL|GROW|HERBS?|PICNIC|BEACH|HAMMOCK|DECKCHAIR"
            r"|HEDGEHOG|GNOME|WINDMILL|WIND ?CHIMES?|DOG|GARDENERS|ZINC|POTS?|DOVECOTE|RAIN GAUGE"
            r"|KNEELING|WELLY|BOOT|CAMPING|ARTIFICIAL|STEM",
        ),
        (
            "toys",
            r"DOLLS?|SKIPPING|PUPPETS?|CHILD\w*|CHILDREN'S|KIDS|BABY|DINOSAUR|SOLDIERS?|DOMINO\w*"
            r"|YO-?YO|NOUGHTS|LUDO|SNAKES|TEDDY|RATTLE|HARMONICA|KITE|PLASTERS|RABBIT|BALL|SPINNING"
            r"|CARS|PLANE|ROBOT|TRUMPET|GLIDER|CATCH|KNUCKLE|MAGIC|SPACEBOY|CIRCUS|BABUSHKA|BINGO",
        ),
        (
            "signs",
            r"SIGNS?|FRAMES?|PICTURES?|PRINT|ART|CANVAS|PLAQUE|BLACKBOARD|CHALKBOARD|\w*CLOCK"
            r"|LETTERS?|NUMBER TILE|ALPHABET|POSTER|MAP|MAGNETS?|MIRRORS?|TILE|BOARD|DOORBELL|NO",
        ),
        (
            "storage",
            r"BOX|BOXES|TINS?|BASKETS?|DRAWERS?|CABINET|HOOKS?|HANGERS?|RACK|STORAGE|TIDY|TRUNK"
            r"|KNOBS?|SHEL(?:F|VES)|CRATES?|BIN|DOORSTOP|KEY|BUCKET|SUITCASES?|CHEST|PEGS?|TUB"
            r"|CUPBOARD|WARDROBE|TISSUE BOX|STAND|HOLDER",
        ),
    )
]


def category_of(description: str) -> Category:
    """Return the category that the words of an English description point to."""
    text = description.upper()
    for slug, pattern in _RULES:
        if pattern.search(text):
            return CATEGORIES[slug]
    return CATEGORIES["decor"]
