import { DraftReadiness, StepReadiness } from '../readiness/Readiness'
import { ItemPanel } from './ItemPanel'
import { RulesForm } from './RulesForm'

interface Props {
  tab: 'step' | 'rules'
  id: string
  onWrite: (id: string) => void
  onPeople: ((id: string) => void) | undefined
}

/** Everything that can be said of a step or of the whole: loaded after the canvas is drawn. */
export default function Panels({ tab, ...item }: Props) {
  return tab === 'step' ? (
    <>
      <ItemPanel {...item} />
      <StepReadiness id={item.id} />
    </>
  ) : (
    <>
      <RulesForm />
      <DraftReadiness />
    </>
  )
}
