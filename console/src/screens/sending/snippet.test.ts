import { describe, expect, it } from 'vitest'
import { formHtml } from './snippet'

const words = { email: 'Address', button: 'Go' }

describe('a form to subscribe', () => {
  it('names its topics, language and place as the server reads them', () => {
    const html = formHtml('https://m.example', 'en', 'footer', [{ id: 'tea', name: 'Tea' }], words)
    expect(html).toContain('<form method="post" action="https://m.example/subscribe">')
    expect(html).toContain('name="topic.tea" value="yes"> Tea</label>')
    expect(html).toContain('name="language" value="en"')
    expect(html).toContain('name="source" value="footer"')
  })

  it('stays a form whatever stands in the words', () => {
    const evil = '"><script>x</script>'
    const html = formHtml('https://m.example', 'ja', evil, [{ id: 'a', name: evil }], words)
    expect(html).not.toContain('<script>')
  })
})
