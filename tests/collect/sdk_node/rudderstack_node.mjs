// Every call of the RudderStack SDK for Node, then a flush. Arguments: address, write key.
import RudderAnalytics from '@rudderstack/rudder-sdk-node'

const [host, writeKey] = process.argv.slice(2)
const Client = RudderAnalytics.default ?? RudderAnalytics
const client = new Client(writeKey, { dataPlaneUrl: host, flushAt: 100 })

client.identify({ userId: 'u1', traits: { email: 'taro@example.jp', name: '山田 太郎' } })
client.track({ userId: 'u1', event: 'Order Completed', properties: { revenue: 4980.5 } })
client.page({ userId: 'u1', name: 'Home', properties: { url: 'https://x.jp/' } })
client.screen({ userId: 'u1', name: 'Main' })
client.group({ userId: 'u1', groupId: 'g1', traits: { plan: 'pro' } })
client.alias({ userId: 'u1', previousId: 'anon1' })
client.track({ anonymousId: 'anon9', event: 'Viewed' })
await client.flush()
process.exit(0)
