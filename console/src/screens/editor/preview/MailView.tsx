import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import styles from './preview.module.css'

interface Props {
  html: string
  title: string
  /** In CSS pixels: what the message has room for, shrunk to where it is shown. */
  width: number
  isDark: boolean
}

/**
 * A message, written into a page of its own that can run nothing and ask for pictures only.
 *
 * The page stays while the message changes: nothing flickers, and one stays where one was reading.
 */
export function MailView({ html, title, width, isDark }: Props) {
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
    appear(page, isDark)
    shape()
    for (const image of page.images) image.addEventListener('load', shape)
  }, [html, isDark, loaded, shape])
  return (
    <div ref={box} className={styles.box}>
      <iframe
        ref={frame}
        className={styles.frame}
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

/** Shows a message as a mail program in the dark would, if the message says how. */
function appear(page: Document, isDark: boolean): void {
  for (const sheet of page.styleSheets) {
    for (const rule of sheet.cssRules) {
      const isAbout = rule instanceof (page.defaultView ?? window).CSSMediaRule
      if (!isAbout || !/prefers-color-scheme:\s*dark/.test(rule.conditionText)) continue
      rule.media.mediaText = isDark ? 'all' : 'not all'
    }
  }
}
