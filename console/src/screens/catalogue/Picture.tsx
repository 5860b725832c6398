import { useState } from 'react'
import styles from './Picture.module.css'

/** A product's picture, or its first letter where there is none or it does not load. */
export function Picture({ url, title }: { url: string | null; title: string }) {
  const [isBroken, setIsBroken] = useState(false)
  return (
    <span className={styles.picture}>
      {url && !isBroken ? (
        <img src={url} alt="" loading="lazy" onError={() => setIsBroken(true)} />
      ) : (
        <span aria-hidden>{[...title][0]}</span>
      )}
    </span>
  )
}
