import type { Block, ListItem } from "../../export/blocks.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";

/** The note on paper: its head, its sections, and a line to sign on while nobody has. */
export function PrintSheet({ session }: { session: Session }) {
  const { editor, exporter } = session;
  const document = exporter.document();
  const words = texts.export.document;
  if (!document) return <p class="print-sheet">{texts.export.nothing}</p>;
  if (!editor.locked.value && editor.open.value.length > 0) {
    return <p class="print-sheet">{texts.export.undecidedPrint}</p>;
  }
  return (
    <div class="print-sheet">
      {/* Stands at the head of every page. */}
      <p class="print-running">{document.statement}</p>
      <article>
        <h1>{document.title}</h1>
        {document.details.map((detail) => (
          <p key={detail} class="print-detail">
            {detail}
          </p>
        ))}
        {document.sections.map(({ title, blocks }, i) => (
          <section key={i}>
            {title !== "" && <h2>{title}</h2>}
            <Blocks blocks={blocks} />
          </section>
        ))}
        {document.signature ? (
          <p class="print-signed">{document.statement}</p>
        ) : (
          <p class="print-sign">
            <span>{words.signHere.signature}</span>
            <span>{words.signHere.date}</span>
          </p>
        )}
      </article>
    </div>
  );
}

function Blocks({ blocks }: { blocks: readonly Block[] }) {
  return (
    <>
      {blocks.map((block, i) =>
        block.kind === "paragraph" ? (
          <p key={i}>
            <Lines lines={block.lines} />
          </p>
        ) : (
          <List key={i} items={block.items} />
        ),
      )}
    </>
  );
}

function List({ items }: { items: readonly ListItem[] }) {
  return (
    <ul>
      {items.map((item, i) => (
        <li key={i}>
          <Lines lines={item.lines} />
          {item.items.length > 0 && <List items={item.items} />}
        </li>
      ))}
    </ul>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  return (
    <>
      {lines.map((line, i) => (
        <>
          {i > 0 && <br />}
          {line}
        </>
      ))}
    </>
  );
}
