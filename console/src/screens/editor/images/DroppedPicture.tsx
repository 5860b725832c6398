import type { ReactNode } from 'react'
import type { AnyBlock, Of } from '../blocks/model'
import DropPlace from './DropPlace'
import { pictureOf } from './sizes'

interface Props {
  block: Of<'image'>
  onChange: (block: AnyBlock) => void
  children: ReactNode
}

/** The picture in the message: a file that is dropped on it takes its place. */
export default function DroppedPicture({ block, onChange, children }: Props) {
  return (
    <DropPlace
      onImage={(image) => onChange({ ...block, ...pictureOf(image), alt: block.alt || image.alt })}
    >
      {children}
    </DropPlace>
  )
}
