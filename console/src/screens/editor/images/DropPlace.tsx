import { type DragEvent, type ReactNode, useState } from 'react'
import type { LibraryImage } from '@/api/generated'
import styles from './images.module.css'
import { useText } from './texts'
import { fileOf, useFailure, useUpload } from './useUpload'

interface Props {
  children: ReactNode
  onImage: (image: LibraryImage) => void
}

/** A place that takes a file which is dropped on it; what went wrong stands right there. */
export default function DropPlace({ children, onImage }: Props) {
  const t = useText()
  const [isOver, setIsOver] = useState(false)
  const sayFailure = useFailure()
  const upload = useUpload(onImage)
  const over = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    setIsOver(true)
  }
  const drop = (event: DragEvent) => {
    setIsOver(false)
    const file = fileOf(event.dataTransfer)
    if (!file) return
    event.preventDefault()
    event.stopPropagation()
    upload.mutate(file)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a button beside does the same by keyboard
    <div
      className={styles.place}
      data-over={isOver || undefined}
      onDragOver={over}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      {children}
      {isOver && <p className={styles.over}>{t('let_go')}</p>}
      {upload.isPending && (
        <p className={styles.over} role="status">
          {t('uploading')}
        </p>
      )}
      {upload.isError && (
        <p className={styles.failure} role="alert">
          {sayFailure(upload.error)}
        </p>
      )}
    </div>
  )
}
