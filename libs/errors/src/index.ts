export { codedError, type CodedError, type CodedErrorClass } from './coded-error';
