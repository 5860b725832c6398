import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import styles from './MailFrame.module.css'
import { useText } from './texts'

interface Props {
  /** Address that answers with the message's HTML and a policy that lets it run nothing. */
  url: string
  title: string
}

/** A message as its reader sees it, at the width of a desk or of a phone. */
export function MailFrame({ url, title }: Props) {
  const t = useText()
  const [width, setWidth] = useState('wide')
  return (
    <div className={styles.mail}>
      <SegmentedControl
        size="xs"
        aria-label={t('width')}
        value={width}
        onChange={setWidth}
        data={[
          { value: 'wide', label: t('wide') },
          { value: 'narrow', label: t('narrow') },
        ]}
      />
      <iframe
        className={styles.frame}
        data-width={width}
        src={url}
        title={title}
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
      />
    </div>
  )
}
