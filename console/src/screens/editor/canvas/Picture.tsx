import { IconPhoto } from '@tabler/icons-react'
import { useState } from 'react'
import { isWebAddress } from '@/design/addresses'
import type { Of } from '../blocks/model'
import { useText } from '../texts'
import styles from './BlockView.module.css'

/** A picture, or a place for one: none yet, one that cannot be loaded, one that Liquid chooses. */
export function Picture({ block }: { block: Of<'image'> }) {
  const t = useText()
  const [failed, setFailed] = useState('')
  const { src, alt = '', align = 'center', width } = block
  const isShown = src && !src.includes('{{') && isWebAddress(src) && failed !== src
  return (
    <div className={styles[align]}>
      {isShown ? (
        <img
          className={styles.image}
          src={src}
          alt={alt}
          width={width ?? undefined}
          onError={() => setFailed(src)}
        />
      ) : (
        <p className={styles.noImage}>
          <IconPhoto aria-hidden size={22} />
          {src ? alt || src : t('image_empty')}
        </p>
      )}
    </div>
  )
}
