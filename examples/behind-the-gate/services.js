// npm start: the three services in one process.
import './express.js';
import './fastify.js';
import './dist/nest.js';
