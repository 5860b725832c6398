import { defineConfig } from '@hey-api/openapi-ts'

export default defineConfig({
  input: './openapi.json',
  output: { path: './src/api/generated', clean: true },
  plugins: [
    '@hey-api/typescript',
    // The console logs in by its cookie: no call has to say how.
    { name: '@hey-api/sdk', auth: false },
    '@hey-api/client-fetch',
    '@tanstack/react-query',
  ],
})
