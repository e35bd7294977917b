// Orders, on Express: each caller sees its own orders, and places them.
import { AssertionInvalidError, createVerifier } from '@gatehouse/verify';
import express from 'express';

const verify = createVerifier({ issuer: process.env.GATEHOUSE_URL ?? 'http://localhost:8080', audience: 'orders' });
const ordersOf = new Map();

const app = express();

// Everything needs a caller: a request that did not come through the gate ends here.
app.use((request, response, next) => {
  verify(request.headers['x-gatehouse-assertion']).then(
    (caller) => {
      request.caller = caller;
      next();
    },
    (error) => response.sendStatus(error instanceof AssertionInvalidError ? 401 : 503),
  );
});

app.get('/orders', (request, response) => {
  const { userId, role, method } = request.caller;
  response.json({ caller: { userId, role, method }, orders: ordersOf.get(userId) ?? [] });
});

app.post('/orders', express.json(), (request, response) => {
  const { userId } = request.caller;
  const order = { item: String(request.body?.item), at: new Date().toISOString() };
  ordersOf.set(userId, [...(ordersOf.get(userId) ?? []), order].slice(-100));
  response.status(201).json(order);
});

app.listen(Number(process.env.ORDERS_PORT ?? 8091), '127.0.0.1', () => console.log('orders: Express listening'));
