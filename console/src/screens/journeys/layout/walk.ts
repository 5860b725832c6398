import type { Layout, Placed } from './place'
import type { Item } from './tree'

export type Direction = 'up' | 'down' | 'left' | 'right' | 'first' | 'last'

/** Where an arrow leads on the canvas: up and down along the ways, sideways to what is nearest. */
export function walk(layout: Layout, from: string, direction: Direction): string | undefined {
  const here = layout.items.find(({ item }) => item.id === from)
  if (!here || direction === 'first' || direction === 'last') return ends(layout, direction)
  switch (direction) {
    case 'up':
      return here.item.from[0]?.from
    case 'down':
      return firstOwn(layout, here.item) ?? here.item.out[0]?.to
    default:
      return beside(layout, here, direction === 'left' ? -1 : 1)
  }
}

/** Where an arrow leads in the list: line by line, and out of or into a branch. */
export function walkList(layout: Layout, from: string, direction: Direction): string | undefined {
  const index = layout.items.findIndex(({ item }) => item.id === from)
  const here = layout.items[index]
  switch (direction) {
    case 'up':
      return layout.items[index - 1]?.item.id
    case 'down':
      return layout.items[index + 1]?.item.id
    case 'left':
      return here?.item.from[0]?.from
    case 'right':
      return here?.item.out[0]?.to
    default:
      return ends(layout, direction)
  }
}

function ends(layout: Layout, direction: Direction): string | undefined {
  return (direction === 'last' ? layout.items.at(-1) : layout.items[0])?.item.id
}

/** The first way that leads to what no other does; what others lead to stands further below. */
function firstOwn(layout: Layout, item: Item): string | undefined {
  return item.out.find(({ to }) => itemOf(layout, to)?.from.length === 1)?.to
}

const itemOf = (layout: Layout, id: string) => layout.items.find(({ item }) => item.id === id)?.item

/** From the head of a way to the next one's; else what stands in the same row, or is nearest. */
function beside(layout: Layout, here: Placed, sign: -1 | 1): string | undefined {
  const [nearest] = layout.items
    .filter((one) => (one.x - here.x) * sign > 0 && Math.abs(one.y - here.y) < here.height)
    .sort((one, other) => (one.x - other.x) * sign)
  return nextHead(layout, here.item, sign) ?? nearest?.item.id ?? outwards(layout, here.item, sign)
}

function nextHead(layout: Layout, item: Item, sign: -1 | 1): string | undefined {
  const out = itemOf(layout, item.from[0]?.from ?? '')?.out ?? []
  const index = out.findIndex(({ to }) => to === item.id)
  if (index < 0) return undefined
  const others = sign > 0 ? out.slice(index + 1) : out.slice(0, index).reverse()
  return others.find(({ to }) => itemOf(layout, to)?.from.length === 1)?.to
}

/** The neighbouring way of the nearest branch around that has one. */
function outwards(layout: Layout, item: Item, sign: -1 | 1): string | undefined {
  const parent = itemOf(layout, item.from[0]?.from ?? '')
  if (!parent || parent.id === item.id) return undefined
  return nextHead(layout, parent, sign) ?? outwards(layout, parent, sign)
}
