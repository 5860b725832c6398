import { TextInput } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { Menu } from '@/design'
import { useFormat } from '@/language/format'
import { useFaultWords } from '../canvas/useFaultWords'
import { AtStep } from '../experiments/AtStep'
import type { Step } from '../model/definition'
import { changeStep } from '../model/edit'
import { stepOf } from '../model/ways'
import { faultsOf, useBoard } from '../state/board'
import { goalShare } from '../state/figures'
import { messageFigures } from '../state/messageFigures'
import { wayBehind } from '../state/useBoardActs'
import { ListForm, NotifyForm, OfferForm, TraitForm } from './ActForms'
import { BranchForm, PartsForm, WinnerField } from './DecisionForms'
import { EnterForm } from './EnterForm'
import { MessageForm } from './MessageForm'
import styles from './Panel.module.css'
import { useText } from './texts'
import { WaitBestForm, WaitForForm, WaitForm, WaitUntilForm } from './WaitForms'
import { WebhookForm } from './WebhookForm'
import { WhoField } from './WhoField'

const TriggerForm = lazy(() => import('./TriggerForm'))

interface Props {
  id: string
  onWrite: (id: string) => void
  onPeople: ((id: string) => void) | undefined
}

/** What can be said of the step that has the focus, or of what lets people in. */
export function ItemPanel({ id, onWrite, onPeople }: Props) {
  const { journey, mayChange } = useBoard()
  const step = stepOf(journey, id)
  return (
    <fieldset disabled={!mayChange} className={styles.fieldset}>
      <div className={styles.panel}>
        {step ? (
          <>
            <Head step={step} onPeople={onPeople} />
            <Faults id={id} />
            <StepForm step={step} onWrite={onWrite} />
          </>
        ) : (
          <Beginning />
        )}
      </div>
    </fieldset>
  )
}

function Beginning() {
  const t = useText()
  const { journey, change } = useBoard()
  const takesAll = journey.trigger.type === 'schedule' || journey.trigger.type === 'once'
  return (
    <>
      <h2>{t('beginning')}</h2>
      <Faults id="" />
      <Suspense>
        <TriggerForm
          trigger={journey.trigger}
          onChange={(trigger, tag) => change((now) => ({ ...now, trigger }), tag)}
        />
      </Suspense>
      <WhoField
        label={t(takesAll ? 'who_all' : 'who_may')}
        mayBeAll
        value={journey.segment}
        onChange={(segment) => change((now) => ({ ...now, segment: segment ?? null }))}
      />
    </>
  )
}

function Faults({ id }: { id: string }) {
  const { faults } = useBoard()
  const say = useFaultWords()
  const found = faultsOf(faults, id)
  if (found.length === 0) return null
  return (
    <ul className={styles.faults}>
      {found.map((one) => (
        <li key={one.path + one.code}>{say(one)}</li>
      ))}
    </ul>
  )
}

function Head({ step, onPeople }: { step: Step; onPeople: Props['onPeople'] }) {
  const t = useText()
  const format = useFormat()
  const board = useBoard()
  const { journey, layout, figures, change } = board
  const at = figures?.steps.get(step.id)
  const goal = goalShare(at ?? {})
  const behind = wayBehind(journey, layout, step.id)
  return (
    <>
      <div className={styles.head}>
        <h2>{t(`kind_${step.type}`)}</h2>
        {board.mayChange && (
          <Menu
            label={t('more')}
            variant="subtle"
            entries={[
              { key: 'copy', label: t('copy'), keys: 'Ctrl+C', act: () => board.copy([step.id]) },
              ...(behind
                ? [
                    {
                      key: 'paste',
                      label: t('paste_after'),
                      keys: 'Ctrl+V',
                      act: () => board.paste(behind),
                    },
                    { key: 'add', label: t('add'), keys: '+', act: () => board.ask(behind) },
                  ]
                : []),
              {
                key: 'up',
                label: t('move_up'),
                keys: 'Alt+↑',
                act: () => board.move(step.id, -1),
              },
              {
                key: 'down',
                label: t('move_down'),
                keys: 'Alt+↓',
                act: () => board.move(step.id, 1),
              },
              {
                key: 'remove',
                label: t('remove'),
                keys: 'Delete',
                act: () => board.remove([step.id]),
              },
              {
                key: 'below',
                label: t('remove_below'),
                keys: 'Shift+Delete',
                isGrave: true,
                act: () => board.removeBelow(step.id),
              },
            ]}
          >
            <IconDots aria-hidden size={18} />
          </Menu>
        )}
      </div>
      <p className={styles.note}>{t(`does_${step.type}`)}</p>
      {at && (
        <dl className={styles.figures}>
          <div>
            <dt>{t('waiting')}</dt>
            <dd>{format.number(at.waiting)}</dd>
          </div>
          <div>
            <dt>{t('came')}</dt>
            <dd>{format.number(at.arrived)}</dd>
          </div>
          {at.messages &&
            messageFigures(t, at.messages).map(([name, count]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{format.number(count)}</dd>
              </div>
            ))}
          {goal !== undefined && (
            <div>
              <dt>{t('goal_share')}</dt>
              <dd>{format.percent(goal, 1)}</dd>
            </div>
          )}
          {onPeople && at.waiting > 0 && (
            <button type="button" className={styles.quiet} onClick={() => onPeople(step.id)}>
              {t('people_here')}
            </button>
          )}
        </dl>
      )}
      <TextInput
        label={t('label')}
        placeholder={t(`kind_${step.type}`)}
        value={step.label ?? ''}
        maxLength={200}
        onChange={(event) => {
          const label = event.currentTarget.value
          change((now) => changeStep(now, { ...step, label }), `${step.id}.label`)
        }}
      />
    </>
  )
}

function StepForm({ step, onWrite }: { step: Step; onWrite: Props['onWrite'] }) {
  const { change } = useBoard()
  const onChange = (next: Step, tag = '') =>
    change((now) => changeStep(now, next), tag && `${next.id}.${tag}`)
  switch (step.type) {
    case 'message':
      return <MessageForm step={step} onChange={onChange} onWrite={() => onWrite(step.id)} />
    case 'wait':
    case 'pause':
      return <WaitForm step={step} onChange={onChange} />
    case 'wait_until':
      return <WaitUntilForm step={step} onChange={onChange} />
    case 'wait_for':
      return <WaitForForm step={step} onChange={onChange} />
    case 'wait_best_time':
      return <WaitBestForm step={step} onChange={onChange} />
    case 'branch':
      return <BranchForm step={step} onChange={onChange} />
    case 'split':
      return <PartsForm step={step} onChange={onChange} />
    case 'experiment':
      return (
        <>
          <PartsForm step={step} onChange={onChange} />
          <WinnerField step={step} onChange={onChange} />
          <AtStep stepId={step.id} />
        </>
      )
    case 'set_trait':
      return <TraitForm step={step} onChange={onChange} />
    case 'list':
      return <ListForm step={step} onChange={onChange} />
    case 'offer':
      return <OfferForm step={step} onChange={onChange} />
    case 'webhook':
      return <WebhookForm step={step} onChange={onChange} />
    case 'notify':
      return <NotifyForm step={step} onChange={onChange} />
    case 'enter':
      return <EnterForm step={step} onChange={onChange} />
    case 'end':
      return null
  }
}
