// What Telegram itself says in a chat: a payment, a refund. A line in the middle, no bubble.

import { h, icon } from "./dom.js";
import { timeOf } from "./format.js";
import { stars } from "./stars.js";

export const isService = (message) => Boolean(message.successful_payment ?? message.refunded_payment);

function words(message) {
  const { successful_payment: payment, refunded_payment: refund } = message;
  if (refund) return [icon("back2"), h("span", {}, "You got back ", stars(refund.total_amount))];
  const again = payment.is_recurring && !payment.is_first_recurring;
  return [icon("check"), h("span", {}, again ? "Renewed for " : "You paid ", stars(payment.total_amount))];
}

export class ServiceRow {
  constructor() {
    this.element = h("li", { class: "service arriving", tabindex: "-1" });
    this.element.addEventListener("animationend", () => this.element.classList.remove("arriving"), { once: true });
  }

  update([message]) {
    if (this.element.dataset.id) return; // service messages never change
    this.element.dataset.id = message.message_id;
    const kind = message.refunded_payment ? "refund" : "payment";
    this.element.append(h("span", { class: `service-words ${kind}`, title: timeOf(message.date) }, words(message)));
  }
}
