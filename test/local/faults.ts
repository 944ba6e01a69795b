import { setTimeout as pause } from 'node:timers/promises';
import {
  send,
  sendAnswer,
  type Answering,
  type Exchange,
  type ServiceName,
} from '../../release/local/serve.ts';

/** What happens instead of an answer. */
export type Fault = (exchange: Exchange) => void | Promise<void>;

/** Answers with an error, and does nothing. */
export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Fault =>
  ({ response }) =>
    send(response, {
      status: code,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ code, message: 'a fault' }),
    });

/** Never answers, and does nothing. */
export const hang: Fault = () => undefined;

/** Closes the connection, and does nothing. */
export const reset: Fault = ({ response }) => void response.destroy();

/** Does what is asked; nobody hears of it. */
export const lost: Fault = ({ answer, response }) => {
  answer();
  response.destroy();
};

/** Does what is asked; half of the answer arrives. */
export const truncated: Fault = ({ answer, response }) => {
  const { status: code, headers, body } = answer();
  const bytes = Buffer.from(body);
  response.writeHead(code, { ...headers, 'content-length': bytes.length });
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
};

/** Answers late. */
export const late =
  (milliseconds: number): Fault =>
  async (exchange) => {
    await pause(milliseconds);
    await sendAnswer(exchange);
  };

interface Planned {
  readonly service: ServiceName;
  readonly fault: Fault;
  left: number;
}

/** Faults on demand: give `answering` to startLocal. */
export class Faults {
  /** What was asked, faults or not: `fulcio POST /api/v2/signingCert`. */
  readonly asked: string[] = [];
  readonly #planned: Planned[] = [];

  /** Of the next `times` requests to a service, each meets the fault. */
  add(service: ServiceName, fault: Fault, times = Infinity): this {
    this.#planned.push({ service, fault, left: times });
    return this;
  }

  /** From now on all is well. */
  clear(): void {
    this.#planned.length = 0;
  }

  readonly answering: Answering = (exchange) => {
    const { service, request } = exchange;
    this.asked.push(`${service} ${request.method} ${request.path}`);
    const planned = this.#planned.find((it) => it.service === service && it.left > 0);
    if (planned === undefined) return sendAnswer(exchange);
    planned.left--;
    return planned.fault(exchange);
  };
}
