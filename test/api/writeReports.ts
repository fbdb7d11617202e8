import { mkdir, writeFile } from 'node:fs/promises'
import { apiReports, reportFile } from './apiReport.ts'

/** `npm run api`: writes the reports of the public names, which a test compares. */
for (const [entry, text] of apiReports()) {
  const file = reportFile(entry)
  await mkdir(new URL('.', file), { recursive: true })
  await writeFile(file, text)
}
