import { Button } from '@mantine/core'
import type { Wording, WordingUse } from '@/api/generated'
import { Badge } from '@/design'
import { useFormat } from '@/language/format'
import { usePurpose } from '@/language/purposes'
import { RetireWords } from './RetireWords'
import styles from './SendingPage.module.css'
import { useText } from './texts'
import type { Draft } from './WordingDialog'

interface Props {
  wordings: Wording[]
  uses: WordingUse[]
  /** There for those who may write the next version. */
  onReword?: (draft: Draft) => void
}

/** Every version of the words, newest first, both languages side by side. */
export function Wordings({ wordings, uses, onReword }: Props) {
  const open = wordings.filter((one) => !one.retired_at)
  const newest = new Map(open.map((one) => [`${one.text.purpose} ${one.text.channel}`, one]))
  return wordings
    .toReversed()
    .map((one) => (
      <Version
        key={one.version}
        wording={one}
        isShown={newest.get(`${one.text.purpose} ${one.text.channel}`) === one}
        count={uses
          .filter(({ version }) => version === one.version)
          .reduce((sum, { n_people }) => sum + n_people, 0)}
        onReword={onReword}
      />
    ))
}

interface VersionProps {
  wording: Wording
  isShown: boolean
  count: number
  onReword?: (draft: Draft) => void
}

function Version({ wording, isShown, count, onReword }: VersionProps) {
  const t = useText()
  const format = useFormat()
  const { version, text, created_by: who, created_at, retired_at, retired_by } = wording
  const state = retired_at ? 'retired' : isShown ? 'shown' : 'earlier'
  const what = usePurpose()(text.purpose)
  return (
    <article className={styles.version}>
      <h3>
        {what} <code>{version}</code>
        <Badge tone={isShown ? 'good' : 'neutral'}>{t(`wording_${state}`)}</Badge>
      </h3>
      <dl className={styles.words}>
        <dt>{t('ja_name')}</dt>
        <dd lang="ja">{text.ja}</dd>
        <dt>{t('en_name')}</dt>
        <dd lang="en">{text.en}</dd>
      </dl>
      <div className={styles.actions}>
        <span className={styles.secondary}>
          {t('wording_by', { who, when: format.instant(created_at) })} ·{' '}
          {t('wording_people', { count })}
          {retired_at && (
            <>
              {' · '}
              {t('wording_retired_by', { who: retired_by, when: format.instant(retired_at) })}
            </>
          )}
        </span>
        {isShown && onReword && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t('wording_reword_of', { what })}
            onClick={() => onReword({ channel: 'email', ...text })}
          >
            {t('wording_reword')}
          </Button>
        )}
        {!retired_at && onReword && <RetireWords wording={wording} isShown={isShown} />}
      </div>
    </article>
  )
}
