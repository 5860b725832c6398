import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import styles from './preview.module.css'

interface Props {
  html: string
  title: string
  /** In CSS pixels: what the message has room for, shrunk to where it is shown. */
  width: number
  look: Look
}

/** By day, in the dark as the message wishes, or with colours that a mail program turns over. */
export type Look = 'light' | 'dark' | 'inverted'

/**
 * A message, written into a page of its own that can run nothing and ask for pictures only.
 *
 * The page stays while the message changes: nothing flickers, and one stays where one was reading.
 */
export function MailView({ html, title, width, look }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const frame = useRef<HTMLIFrameElement>(null)
  const [loaded, setLoaded] = useState(0)
  const scale = useScale(box, width)
  const shape = useCallback(() => {
    const shown = frame.current
    const height = shown?.contentDocument?.documentElement.scrollHeight ?? 0
    shown?.style.setProperty('--tall', `${Math.max(height, 320)}px`)
  }, [])
  useEffect(() => {
    const page = frame.current?.contentDocument
    if (!loaded || !page) return
    // By the frame's own page, whose policy lets a message have styles and run nothing.
    page.documentElement.innerHTML = html
    const base = page.createElement('base')
    base.target = '_blank'
    page.head.prepend(base)
    appear(page, look)
    shape()
    for (const image of page.images) image.addEventListener('load', shape)
  }, [html, look, loaded, shape])
  return (
    <div ref={box} className={styles.box}>
      <iframe
        ref={frame}
        className={styles.frame}
        data-inverted={look === 'inverted' || undefined}
        src="/api/drafts/frame"
        title={title}
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        onLoad={() => setLoaded((count) => count + 1)}
        style={{ width, zoom: scale }}
      />
    </div>
  )
}

/** How much a width must shrink to fit where it is shown. */
function useScale(box: React.RefObject<HTMLElement | null>, width: number): number {
  const [scale, setScale] = useState(1)
  useLayoutEffect(() => {
    const shown = box.current
    if (!shown) return
    const observer = new ResizeObserver(() => setScale(Math.min(1, shown.clientWidth / width)))
    observer.observe(shown)
    return () => observer.disconnect()
  }, [box, width])
  return scale
}

/** Pictures are turned over twice, which leaves them as they are. */
const untouchedPictures = 'img{filter:invert(1) hue-rotate(180deg)}'

/**
 * Shows a message as a mail program in the dark would, if the message says how.
 *
 * Programs that turn colours over do not ask the message.
 */
function appear(page: Document, look: Look): void {
  for (const sheet of page.styleSheets) {
    for (const rule of sheet.cssRules) {
      const isAbout = rule instanceof (page.defaultView ?? window).CSSMediaRule
      if (!isAbout || !/prefers-color-scheme:\s*dark/.test(rule.conditionText)) continue
      rule.media.mediaText = look === 'dark' ? 'all' : 'not all'
    }
  }
  if (look !== 'inverted') return
  const style = page.createElement('style')
  style.textContent = untouchedPictures
  page.head.append(style)
}
