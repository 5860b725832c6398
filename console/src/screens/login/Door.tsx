import type { ReactNode } from 'react'
import { LanguageSwitch } from '@/app/LanguageSwitch'
import styles from './Door.module.css'
import { useText } from './texts'

interface Props {
  title: string
  reason?: string
  children?: ReactNode
}

/** The page before there is a session: a quiet wall, one sheet of paper. */
export function Door({ title, reason, children }: Props) {
  const t = useText()
  return (
    <div className={styles.door}>
      <header className={styles.side}>
        <p className={styles.brand}>
          <img src="/favicon.ico" alt="" width={36} height={36} />
          Kikubari
        </p>
        <p className={styles.motto}>{t('motto')}</p>
      </header>
      <main className={styles.sheet}>
        <title>{`${title} · Kikubari`}</title>
        <div className={styles.words}>
          <h1>{title}</h1>
          {reason && <p>{reason}</p>}
        </div>
        {children}
        <div className={styles.language}>
          <LanguageSwitch label={t('language')} />
        </div>
      </main>
    </div>
  )
}
