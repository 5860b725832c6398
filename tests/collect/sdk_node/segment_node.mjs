// Every call of the Segment SDK for Node, then a flush. Arguments: address, write key.
import { Analytics } from '@segment/analytics-node'

const [host, writeKey] = process.argv.slice(2)
const analytics = new Analytics({ writeKey, host, flushAt: 100 })
const errors = []
analytics.on('error', (error) => errors.push(error))

analytics.identify({ userId: 'u1', traits: { email: 'taro@example.jp', name: '山田 太郎' } })
analytics.track({ userId: 'u1', event: 'Order Completed', properties: { revenue: 4980.5 } })
analytics.page({ userId: 'u1', name: 'Home', properties: { url: 'https://x.jp/' } })
analytics.screen({ userId: 'u1', name: 'Main' })
analytics.group({ userId: 'u1', groupId: 'g1', traits: { plan: 'pro' } })
analytics.alias({ userId: 'u1', previousId: 'anon1' })
analytics.track({ anonymousId: 'anon9', event: 'Viewed' })
await analytics.closeAndFlush()

if (errors.length > 0) {
  console.error(errors)
  process.exit(1)
}
