import { useQuery } from '@tanstack/react-query'
import { createBroadcast } from '@/api/generated'
import { listBroadcastsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Loaded, PageHeader } from '@/design'
import { useLanguage } from '@/language/texts'
import { ComposeForm } from './ComposeForm'
import { definitionOf, newForm } from './form'
import { useText } from './texts'

/** A new draft; its sender is that of the newest broadcast. */
export default function NewScreen() {
  const t = useText()
  const language = useLanguage()
  const newest = useQuery(listBroadcastsOptions({ query: { limit: 1 } }))
  return (
    <>
      <PageHeader
        title={t('new')}
        reason={t('new_reason')}
        back={{ to: '/broadcasts', label: t('back') }}
      />
      <Loaded query={newest} lines={8}>
        {([last]) => (
          <ComposeForm
            initial={newForm(language, last?.definition.sender)}
            onSave={async (form) =>
              (await createBroadcast({ body: definitionOf(form), throwOnError: true })).data
            }
          />
        )}
      </Loaded>
    </>
  )
}
