import { useState } from 'react'
import { isWebAddress } from '@/design/addresses'
import styles from './Picture.module.css'

/** A product's picture, or its first letter where there is none or it does not load. */
export function Picture({ url, title }: { url: string | null; title: string }) {
  const [isBroken, setIsBroken] = useState(false)
  return (
    <span className={styles.picture}>
      {url && isWebAddress(url) && !isBroken ? (
        <img src={url} alt="" loading="lazy" onError={() => setIsBroken(true)} />
      ) : (
        <span aria-hidden>{[...title][0]}</span>
      )}
    </span>
  )
}
