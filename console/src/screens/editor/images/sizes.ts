import type { LibraryImage } from '@/api/generated'
import type { Of } from '../blocks/model'

/** What messages are wide: larger pictures have more pixels for screens that show more. */
const widestPixels = 600

type Sized = Pick<Of<'image'>, 'width' | 'height'>

/** What a block gets with a picture of the library: room is kept for it before it has come. */
export function pictureOf(image: LibraryImage): Sized & { src: string } {
  const width = Math.max(8, Math.min(image.width, widestPixels))
  return { src: image.url, width, height: heightAt(width, image) }
}

/** Another width, and the height that belongs to it; none where it is not known. */
export function sizedTo(width: number | undefined, block: Sized): Sized {
  if (width === undefined) return { width: null, height: null }
  const { width: before, height } = block
  return { width, height: before && height ? heightAt(width, { width: before, height }) : null }
}

function heightAt(width: number, of: { width: number; height: number }): number {
  return Math.max(1, Math.round((of.height * width) / of.width))
}
