import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { prepareRenewal } from '@/api/generated'
import { countRenewalsOptions, listSendersOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useMay, useShop } from '@/app/session'
import { Dialog, Loaded, toastFailure, useErrorLine } from '@/design'
import styles from './SendingPage.module.css'
import { useText } from './texts'

const years = [1, 2, 3, 5] as const
const yearDays = 365

/** How many agreed long ago or to words no longer shown, and the way to ask them again. */
export function Renewal() {
  const t = useText()
  const mayWrite = useMay('write')
  const [after, setAfter] = useState(2)
  const [isAsking, setIsAsking] = useState(false)
  const days = after * yearDays
  const count = useQuery(countRenewalsOptions({ query: { older_than_days: days } }))
  return (
    <div className={styles.stack}>
      <NativeSelect
        className={styles.brief}
        label={t('renewal_after')}
        value={String(after)}
        onChange={(event) => setAfter(Number(event.currentTarget.value))}
        data={years.map((one) => ({
          value: String(one),
          label: t('renewal_years', { count: one }),
        }))}
      />
      <Loaded query={count} lines={2}>
        {({ n_to_ask, n_old, n_outdated }) => (
          <>
            <p>
              {n_to_ask
                ? t('renewal_some', { count: n_to_ask, old: n_old, outdated: n_outdated })
                : t('renewal_nobody')}
            </p>
            {n_to_ask > 0 && mayWrite && (
              <div>
                <Button variant="default" onClick={() => setIsAsking(true)}>
                  {t('renewal_prepare')}
                </Button>
              </div>
            )}
          </>
        )}
      </Loaded>
      {isAsking && <Ask days={days} onClose={() => setIsAsking(false)} />}
    </div>
  )
}

function Ask({ days, onClose }: { days: number; onClose: () => void }) {
  const t = useText()
  const line = useErrorLine()
  const navigate = useNavigate()
  const shop = useShop()
  const domain = useQuery(listSendersOptions()).data?.find((one) => one.is_signed)?.domain
  const [typed, setTyped] = useState<string>()
  const address = typed ?? (domain ? `shop@${domain}` : '')
  const prepare = useMutation({
    mutationFn: async () => {
      const sender = { from_address: address, from_name: shop.name }
      const body = { sender, older_than_days: days }
      return (await prepareRenewal({ body, throwOnError: true })).data.broadcast.id
    },
    onSuccess: (broadcastId) =>
      navigate({ to: '/broadcasts/$broadcastId', params: { broadcastId } }),
    onError: (error) => toastFailure(line(error)),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    prepare.mutate()
  }
  return (
    <Dialog title={t('renewal_prepare')} onClose={onClose}>
      <form className={styles.stack} onSubmit={submit}>
        <p>{t('renewal_what')}</p>
        <TextInput
          label={t('renewal_from')}
          type="email"
          required
          withAsterisk={false}
          value={address}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <div>
          <Button type="submit" loading={prepare.isPending}>
            {t('renewal_write')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
