import { NativeSelect } from '@mantine/core'
import { IconClipboard, IconFlag } from '@tabler/icons-react'
import { useState } from 'react'
import { Dialog } from '@/design'
import type { Kind } from '../model/definition'
import { insertStep, leadTo } from '../model/edit'
import { type Family, families, freshStep } from '../model/fresh'
import { type Edge, reached, stepOf, targetOf, waysOut } from '../model/ways'
import { useBoard } from '../state/board'
import { clipboard } from '../state/clipboard'
import { useStepWords } from '../state/useStepWords'
import { useText } from '../texts'
import styles from './AddDialog.module.css'
import { stepIcons } from './icons'

interface Props {
  edge: Edge
  onClose: () => void
}

/** What can be put on a way. */
export default function AddDialog({ edge: asked, onClose }: Props) {
  const t = useText()
  const words = useStepWords()
  const { journey, change, go, open, announce, paste } = useBoard()
  const [edge, setEdge] = useState(asked)
  const clip = clipboard.read()
  const from = stepOf(journey, edge.from)
  const ways = from ? waysOut(from) : []
  const put = (kind: Kind) => {
    const step = freshStep(kind)
    change((now) => insertStep(now, edge, step))
    announce(t('said_added', { what: words.name(step) }))
    onClose()
    go(step.id)
    open(step.id)
  }
  return (
    <Dialog title={t(journey.start ? 'add_title' : 'add_first')} onClose={onClose} isWide>
      <div className={styles.body}>
        {from && ways.length > 1 && (
          <NativeSelect
            label={t('on_way')}
            value={edge.way}
            onChange={(event) => setEdge({ ...edge, way: event.currentTarget.value })}
            data={ways.map(({ way }) => ({ value: way, label: words.way(from, way) }))}
          />
        )}
        {Object.entries(families).map(([family, kinds], index) => (
          <section key={family} data-family={family} className={styles.family}>
            <h3>{t(`family_${family as Family}`)}</h3>
            <ul>
              {kinds.map((kind, place) => (
                <li key={kind}>
                  <Choice
                    kind={kind}
                    isFirst={index === 0 && place === 0}
                    onChoose={() => put(kind)}
                  />
                </li>
              ))}
            </ul>
          </section>
        ))}
        <div className={styles.others}>
          {clip.length > 0 && (
            <button
              type="button"
              onClick={() => {
                paste(edge)
                onClose()
              }}
            >
              <IconClipboard aria-hidden size={18} />
              <span>
                <b>{t('paste', { count: clip.length })}</b>
                {t('paste_does')}
              </span>
            </button>
          )}
          {targetOf(journey, edge) !== null && (
            <button
              type="button"
              onClick={() => {
                change((now) => leadTo(now, edge, null) ?? now)
                onClose()
              }}
            >
              <IconFlag aria-hidden size={18} />
              <span>
                <b>{t('end_here')}</b>
                {t('end_here_does')}
              </span>
            </button>
          )}
        </div>
        <LeadTo edge={edge} onClose={onClose} />
      </div>
    </Dialog>
  )
}

interface ChoiceProps {
  kind: Kind
  isFirst: boolean
  onChoose: () => void
}

function Choice({ kind, isFirst, onChoose }: ChoiceProps) {
  const t = useText()
  const Icon = stepIcons[kind]
  return (
    <button type="button" data-autofocus={isFirst || undefined} onClick={onChoose}>
      <span className={styles.icon}>
        <Icon aria-hidden size={20} stroke={1.75} />
      </span>
      <span>
        <b>{t(`kind_${kind}`)}</b>
        {t(`does_${kind}`)}
      </span>
    </button>
  )
}

/** Steps that the way may go on with instead: none that leads back here. */
function LeadTo({ edge, onClose }: Props) {
  const t = useText()
  const words = useStepWords()
  const { journey, change } = useBoard()
  if (edge.from === '') return null
  const now = targetOf(journey, edge)
  const steps = reached(journey)
    .filter((id) => id !== now && leadTo(journey, edge, id))
    .flatMap((id) => stepOf(journey, id) ?? [])
  if (steps.length === 0) return null
  return (
    <NativeSelect
      label={t('lead_to')}
      value=""
      onChange={(event) => {
        const to = event.currentTarget.value
        change((was) => leadTo(was, edge, to) ?? was)
        onClose()
      }}
      data={[
        { value: '', label: t('lead_to_choose') },
        ...steps.map((step) => ({
          value: step.id,
          label: `${words.name(step)} – ${words.detail(step)}`,
        })),
      ]}
    />
  )
}
