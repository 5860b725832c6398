"""Products to MJML: one by itself large, several beside each other."""

from collections.abc import Callable

from kikubari.decide.personalise.blocks import contracts as c
from kikubari.decide.personalise.blocks._writing import element, only_if, path, seed, words

_COLUMN_PADDING, _PICTURE_PADDING = 4, 8
# Between the edge of a row and the first picture in it.
TILE_EDGE = _COLUMN_PADDING + _PICTURE_PADDING
# A product by itself is larger than three beside each other, and not as wide as the paper.
_ALONE = 280


def products_to_mjml(
    block: c.Products,
    theme: c.Theme,
    tongue: str,
    *,
    title: str,
    place: Callable[[str], str],
) -> str:
    """Return rows of products, which are there where the list has that many.

    Args:
        block: what is shown of which list.
        theme: colours.
        tongue: ``ja``, or empty for every other language.
        title: the row above; empty: none.
        place: puts columns into a row.

    Raises:
        TemplateError: the block names no list.
    """
    writer = _Tiles(block, theme, tongue, place)
    if not block.strategy:
        return writer.rows(path(block.source), title)
    head = f"'{block.strategy}' as picks, limit: {block.limit}"
    if block.seed.strip():
        head += f", seed: {seed(block.seed)}"
    if block.fills:
        head += ", fill: true"
    return f"{{% recommend {head} %}}{writer.rows('picks', title)}{{% endrecommend %}}"


class _Tiles:
    """Writes the products of one block."""

    def __init__(
        self, block: c.Products, theme: c.Theme, tongue: str, place: Callable[[str], str]
    ) -> None:
        self._block = block
        self._theme = theme
        self._place = place
        self._title = "{{ product.title }}"
        refusal = "興味がない" if tongue == "ja" else "Not for me"
        self._refusal = (
            '<a href="{{ preferences_url }}/not-for-me?item={{ product.product_id | url_encode }}"'
            f' style="color:{theme.muted}">{refusal}</a>'
        )
        if tongue == "ja":
            self._title = "{{ product.title_ja | default: product.title }}"

    def rows(self, source: str, title: str) -> str:
        """Return the title and all rows."""
        block = self._block
        size = f"{source}.size"
        rows = [only_if(f"{size} > 0", title)] if title else []
        if block.columns > 1:
            rows.append(only_if(f"{size} == 1", self._row(source, 0, 1, is_alone=True)))
        for first in range(0, block.limit, block.columns):
            n_beside = min(block.columns, block.limit - first)
            row = self._row(source, first, n_beside, is_alone=block.columns == 1)
            rows.append(only_if(f"{size} > {first or min(block.columns - 1, 1)}", row))
        return "".join(rows)

    def _row(self, source: str, first: int, n_beside: int, *, is_alone: bool) -> str:
        """Return products beside each other; long lists stay so on a phone, to stay short."""
        block = self._block
        width = 100.0 if is_alone else 100 / block.columns
        loop = f"{{% for product in {source} limit: {n_beside} offset: {first} %}}"
        columns = f"{loop}{self._tile(width, is_alone=is_alone)}{{% endfor %}}"
        if not is_alone and block.limit > block.columns:
            columns = f"<mj-group>{columns}</mj-group>"
        return self._place(columns)

    def _tile(self, width: float, *, is_alone: bool) -> str:
        block, theme = self._block, self._theme
        image = element(
            "mj-image",
            [
                ("src", "{{ product.image_url }}"),
                ("alt", self._title),
                ("href", "{{ product.url }}"),
                ("padding", f"4px {_PICTURE_PADDING}px"),
                ("width", f"{_ALONE}px" if is_alone else None),
                ("border-radius", f"{theme.radius}px"),
            ],
        )
        parts = [only_if("product.image_url != blank", image), self._name(is_alone=is_alone)]
        if block.shows_price:
            # What is to be read has no price, and keeps no room for one.
            parts.append(only_if("product.price", self._small("{{ product.price | money }}", 13)))
        if block.strategy and block.shows_reason:
            parts.append(self._small("{{ product.reason }}", 12))
        if block.strategy and block.shows_refusal:
            refusal = self._small(self._refusal, 12)
            parts.append(only_if("product.product_id != blank", refusal))
        label = words(block.label)
        if label:
            link = (
                '<mj-text padding="0 8px 12px" font-size="13px" align="center" css-class="k-ink">'
                f'<a href="{{{{ product.url }}}}" style="color:{theme.accent}">{label}</a>'
                "</mj-text>"
            )
            parts.append(only_if("product.url != blank", link))
        attributes = [("width", f"{width:.2f}%"), ("padding", f"{_COLUMN_PADDING}px")]
        return element("mj-column", attributes, "".join(parts))

    def _name(self, *, is_alone: bool) -> str:
        """Return the name, which in plain text the picture's words say already.

        What has neither picture nor address, such as a category, is words alone.
        """
        style = f"color:{self._theme.ink};text-decoration:none"
        begin, rest = '<a href="{{ product.url }}"', f' style="{style}">{self._title}</a>'
        beneath = f'{begin} data-kiku-text="off"{rest}'
        return element(
            "mj-text",
            [
                ("padding", f"4px {_PICTURE_PADDING}px 0"),
                ("font-size", "15px" if is_alone else "13px"),
                ("line-height", "1.5"),
                ("align", "center"),
                ("css-class", "k-ink k-name"),
            ],
            only_if(
                "product.image_url != blank",
                f"{beneath}{{% elsif product.url == blank %}}{self._title}"
                f"{{% else %}}{begin}{rest}",
            ),
        )

    def _small(self, text: str, pixels: int) -> str:
        return element(
            "mj-text",
            [
                ("padding", "0 8px 8px"),
                ("font-size", f"{pixels}px"),
                ("line-height", "1.5"),
                ("align", "center"),
                ("color", self._theme.muted),
                ("css-class", "k-muted"),
            ],
            text,
        )
